/** Results as lines of text. */
import type { Result } from './row.ts';

const WIDTH = { name: 58, value: 18, peer: 46, ratio: 8, target: 16, cpu: 18 };

function number(value: number): string {
  if (value >= 100) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  return value.toPrecision(3);
}

function verdict({ target, reached, better }: Result): string {
  if (target === null) return '';
  const against = `${better === 'lower' ? '≤' : '≥'} ${target.toLocaleString('en')}`;
  return `${against}${reached === null ? '' : reached ? ' reached' : ' MISSED'}`;
}

export function printResults(results: readonly Result[]): void {
  for (const r of results) {
    const peer = r.peer === null ? '' : `${r.peer} ${number(r.peerValue!)}`;
    const ratio = r.ratio === null ? '' : `× ${number(r.ratio)}`;
    const cpu = r.cpuRatio === null ? '' : `CPU time × ${number(r.cpuRatio)}`;
    const share = r.ofLimit === null ? '' : `${(100 * r.ofLimit).toFixed(0)}% of limit`;
    process.stdout.write(
      `${r.name.padEnd(WIDTH.name)}${`${number(r.value)} ${r.unit}`.padEnd(WIDTH.value)}${peer.padEnd(WIDTH.peer)}` +
        `${ratio.padEnd(WIDTH.ratio)}${verdict(r).padEnd(WIDTH.target)}${cpu.padEnd(WIDTH.cpu)}${share}\n`,
    );
  }
}
