import cliProgress from 'cli-progress';
import { formatDuration } from './format.ts';
import { say } from './output.ts';

export interface Progress {
  /** @param share of the work done, 0 to 1 @param detail a few words shown beside it */
  update(label: string, share: number, detail: string): void;
  /** A line above the bar. */
  note(text: string): void;
  done(): void;
}

const LINE_EVERY_MS = 10_000;
const LINE_EVERY_SHARE = 0.1;
const BAR_SIZE = 1000;

/** A bar on a terminal, now and then a line elsewhere; both on standard error, so that results stay apart. */
export function progressDisplay(): Progress {
  return process.stderr.isTTY ? bar() : lines();
}

function bar(): Progress {
  const drawn = new cliProgress.MultiBar(
    {
      stream: process.stderr,
      format: '{label} {bar} {percentage}% {detail}',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 30,
      autopadding: true,
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  const single = drawn.create(BAR_SIZE, 0, { label: '', detail: '' });
  return {
    update: (label, share, detail) => single.update(Math.round(share * BAR_SIZE), { label, detail }),
    note: (text) => drawn.log(`${text}\n`),
    done: () => drawn.stop(),
  };
}

function lines(): Progress {
  let lastMs = 0;
  let lastShare = 0;
  let lastLabel = '';
  return {
    update(label, share, detail) {
      const nowMs = Date.now();
      const isDue = nowMs - lastMs >= LINE_EVERY_MS || share - lastShare >= LINE_EVERY_SHARE;
      if (label === lastLabel && !isDue) return;
      lastMs = nowMs;
      lastShare = share;
      lastLabel = label;
      say(`${label} ${Math.round(100 * share)}% ${detail}`.trimEnd());
    },
    note: say,
    done: () => undefined,
  };
}

/** “3 min left”, or nothing where that cannot be told. */
export function timeLeft(remainingMs: number | null): string {
  return remainingMs === null ? '' : `${formatDuration(remainingMs)} left`;
}
