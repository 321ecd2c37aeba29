/** Logs of other tools as points by step. Pure: bytes in, points out. */
import { z } from 'zod';
import { decodeEvent } from '../tensorboard/events.ts';
import { decodeRecords } from '../tensorboard/records.ts';

export interface Log {
  /** Values by metric, by step. */
  readonly steps: Map<number, Record<string, number>>;
  /** Milliseconds since 1970, of the first and the last point; null where the log does not say. */
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly problems: readonly string[];
}

/** Names that trainers write for what is called otherwise here. */
const RENAMED: Readonly<Record<string, string>> = {
  eval_loss: 'validation_loss',
  'eval/loss': 'validation_loss',
  _runtime: 'wall_time',
};

/** `train/loss` and `loss` are one metric. */
export function metricNameOf(tag: string): string {
  const name = tag.replace(/^train\//, '');
  return RENAMED[name] ?? name;
}

function put(steps: Log['steps'], step: number, name: string, value: number): void {
  const at = steps.get(step) ?? {};
  at[metricNameOf(name)] = value;
  steps.set(step, at);
}

/** Event files of one run; where they overlap, as after a restart, the later event counts. */
export function readEventFiles(files: readonly { readonly path: string; readonly bytes: Uint8Array }[]): Log {
  const problems: string[] = [];
  const events = files.flatMap(({ path, bytes }) => {
    const { records, problem } = decodeRecords(bytes);
    if (problem) problems.push(`${path}: ${problem}; what stands before it was read`);
    return records.flatMap((record) => {
      try {
        return decodeEvent(record) ?? [];
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        problems.push(`${path}: a record is no event: ${error.message}`);
        return [];
      }
    });
  });
  events.sort((a, b) => a.wallTime - b.wallTime);
  const steps: Log['steps'] = new Map();
  const first = events[0]?.wallTime ?? null;
  for (const { step, wallTime, values } of events) {
    for (const { tag, value } of values) put(steps, step, tag, value);
    if (!values.some(({ tag }) => metricNameOf(tag) === 'wall_time')) {
      put(steps, step, 'wall_time', wallTime - first!);
    }
  }
  const ms = (seconds: number | null | undefined): number | null =>
    seconds ? Math.round(seconds * 1000) : null;
  return { steps, startedAtMs: ms(first), endedAtMs: ms(events.at(-1)?.wallTime), problems };
}

const logHistory = z.object({ log_history: z.array(z.record(z.string(), z.unknown())) });

/** `trainer_state.json` of Hugging Face’s Trainer, which TRL’s trainers write too. */
export function readTrainerState(text: string): Log {
  const parsed = logHistory.safeParse(parseJson(text));
  if (!parsed.success) return nothing('it is no trainer_state.json: there is no list `log_history`');
  return ofRecords(parsed.data.log_history.map((record) => ({ record, problem: null })));
}

/** A JSON object a line, each with numbers by name; `step` (or `global_step`, `_step`) says where. */
export function readJsonLines(text: string): Log {
  const lines = text.split('\n').map((line, i) => ({ line: line.trim(), number: i + 1 }));
  return ofRecords(
    lines
      .filter(({ line }) => line !== '')
      .map(({ line, number }) => {
        const record = z.record(z.string(), z.unknown()).safeParse(parseJson(line));
        return record.success
          ? { record: record.data, problem: null }
          : { record: {}, problem: `line ${number} is no JSON object` };
      }),
  );
}

function parseJson(text: string): unknown {
  try {
    // Python writes these three where JSON has no word.
    return JSON.parse(text.replaceAll(/(?<=[:[,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g, '"$1"'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const nothing = (problem: string): Log => ({
  steps: new Map(),
  startedAtMs: null,
  endedAtMs: null,
  problems: [problem],
});

const STEP_NAMES = ['step', 'global_step', '_step'] as const;
const MOST_PROBLEMS = 20;

function ofRecords(
  list: readonly { readonly record: Record<string, unknown>; readonly problem: string | null }[],
): Log {
  const steps: Log['steps'] = new Map();
  const problems: string[] = [];
  let at = 0;
  for (const { record, problem } of list) {
    if (problem !== null) {
      if (problems.length < MOST_PROBLEMS) problems.push(problem);
      continue;
    }
    const named = STEP_NAMES.map((name) => record[name]).find((step) => Number.isInteger(step));
    at = typeof named === 'number' ? named : at + 1;
    for (const [name, value] of Object.entries(record)) {
      const number = numberOf(value);
      if (number !== null && !STEP_NAMES.some((step) => step === name)) put(steps, at, name, number);
    }
  }
  return { steps, startedAtMs: null, endedAtMs: null, problems };
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : null;
}
