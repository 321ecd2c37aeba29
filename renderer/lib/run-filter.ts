/** Which runs a table shows and in which order: pure, so that an address can hold it. */
import type { Run } from '../../electron/contract/runs.ts';
import { isActive } from './run-state.ts';

export const STATE_FILTERS = ['all', 'active', 'queued', 'finished', 'ended-early'] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

export const STATE_FILTER_LABELS: Readonly<Record<StateFilter, string>> = {
  all: 'All',
  active: 'At work',
  queued: 'Queued',
  finished: 'Finished',
  'ended-early': 'Ended early',
};

export const SORT_KEYS = ['created', 'name', 'stage', 'state', 'loss', 'reward', 'thinking'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface RunQuery {
  /** Words that must all occur in the run's name, stage, base or corpus. */
  readonly text: string;
  readonly state: StateFilter;
  readonly stage: string | null;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** The loss a table shows for any stage: of next tokens where there is one. */
export function lossOf(run: Run): number | null {
  return run.latest.ntp_loss ?? run.latest.loss ?? null;
}

export function rewardOf(run: Run): number | null {
  return run.latest.reward ?? null;
}

export function thinkingOf(run: Run): number | null {
  return run.latest['thinking/mean_length'] ?? null;
}

function hasState(run: Run, filter: StateFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'active':
      return isActive(run.state);
    case 'queued':
      return run.state === 'queued';
    case 'finished':
      return run.state === 'finished';
    case 'ended-early':
      return run.state === 'failed' || run.state === 'interrupted' || run.state === 'stopped';
    default:
      return filter satisfies never;
  }
}

function sortValue(run: Run, key: SortKey): string | number | null {
  switch (key) {
    case 'created':
      return run.createdAtMs;
    case 'name':
      return run.name.toLowerCase();
    case 'stage':
      return run.stage;
    case 'state':
      return run.state;
    case 'loss':
      return lossOf(run);
    case 'reward':
      return rewardOf(run);
    case 'thinking':
      return thinkingOf(run);
    default:
      return key satisfies never;
  }
}

/** The runs that fit, sorted; a run without the value sorted by comes last either way. */
export function selectRuns(runs: readonly Run[], query: RunQuery): Run[] {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const kept = runs.filter((run) => {
    if (!hasState(run, query.state)) return false;
    if (query.stage && run.stage !== query.stage) return false;
    if (words.length === 0) return true;
    const text = [run.name, run.stage, run.baseName, run.corpusName, run.questionsName]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const direction = query.descending ? -1 : 1;
  return kept.sort((a, b) => {
    const p = sortValue(a, query.sort);
    const q = sortValue(b, query.sort);
    if (p === q) return b.createdAtMs - a.createdAtMs;
    if (p === null || q === null) return p === null ? 1 : -1;
    return p < q ? -direction : direction;
  });
}
