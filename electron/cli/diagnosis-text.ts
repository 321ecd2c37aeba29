/** A run's diagnosis as the terminal shows it. */
import type { Output } from '../contract.ts';
import { formatNumber } from './format.ts';
import { table } from './output.ts';

export function diagnosisText({ findings, checked }: Output<'runs.diagnose'>): string {
  const left = checked.filter(({ possible }) => !possible);
  const notes = left.map(({ kind, why }) => `Not looked at: ${kind}. ${why}`);
  if (findings.length === 0) {
    return ['Nothing of what was looked at keeps this run from learning.', ...notes].join('\n');
  }
  const parts = findings.map(({ severity, title, text, advice, evidence, samples }) =>
    [
      `${severity === 'problem' ? 'Problem' : 'Notice'}: ${title}`,
      text,
      `What to change: ${advice}`,
      table(
        ['measured', 'value', 'held against', 'steps'],
        evidence.map((one) => [
          one.label,
          formatNumber(one.value),
          one.against === null ? '–' : `${formatNumber(one.against)} (${one.againstLabel})`,
          `${one.fromStep}–${one.toStep}`,
        ]),
        ['value', 'held against', 'steps'],
      ),
      ...(samples.length === 0
        ? []
        : [
            `Rollouts: ${samples.map(({ step, promptIndex }) => `step ${step}, prompt ${promptIndex + 1}`).join('; ')}`,
          ]),
    ].join('\n'),
  );
  return [...parts, ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n');
}
