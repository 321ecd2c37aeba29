/** Rollouts of one step, gathered by the prompt they answer. */
import type { StoredSample } from '../../electron/contract/runs.ts';
import { groupBy } from './collections.ts';

export const GROUP_FILTERS = ['all', 'spread', 'tied', 'truncated'] as const;
export type GroupFilter = (typeof GROUP_FILTERS)[number];

export const GROUP_FILTER_LABELS: Readonly<Record<GroupFilter, string>> = {
  all: 'All prompts',
  spread: 'Rewards differ',
  tied: 'Rewards all equal',
  truncated: 'Some truncated',
};

export interface SampleGroup {
  readonly promptIndex: number;
  readonly samples: readonly StoredSample[];
  readonly promptText: string;
  readonly truthText: string;
  readonly tier: StoredSample['tier'];
  readonly meanReward: number;
  readonly meanThinking: number;
  /** No difference to learn from: every advantage is 0. */
  readonly tied: boolean;
  readonly truncated: number;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function groupSamples(samples: readonly StoredSample[]): SampleGroup[] {
  return [...groupBy(samples, (sample) => sample.promptIndex)]
    .sort(([a], [b]) => a - b)
    .flatMap(([promptIndex, group]) => {
      const [first] = group;
      if (!first) return [];
      return [
        {
          promptIndex,
          samples: group.sort((a, b) => a.generationIndex - b.generationIndex),
          promptText: first.promptText,
          truthText: first.truthText,
          tier: first.tier,
          meanReward: mean(group.map((sample) => sample.reward)),
          meanThinking: mean(group.map((sample) => sample.thinkingLength)),
          tied: group.every((sample) => sample.reward === first.reward),
          truncated: group.filter((sample) => sample.truncated).length,
        },
      ];
    });
}

/** @param text only groups that hold it in prompt, truth, thinking or answers, whatever its case */
export function filterGroups(
  groups: readonly SampleGroup[],
  filter: GroupFilter,
  text: string,
): SampleGroup[] {
  const wanted = text.trim().toLowerCase();
  const holds = (one: string): boolean => one.toLowerCase().includes(wanted);
  return groups.filter((group) => {
    const { promptText, truthText, samples } = group;
    const found =
      holds(promptText) ||
      holds(truthText) ||
      samples.some(({ thinkingText, answerText }) => holds(thinkingText) || holds(answerText));
    if (!found) return false;
    if (filter === 'spread') return !group.tied;
    if (filter === 'tied') return group.tied;
    if (filter === 'truncated') return group.truncated > 0;
    return true;
  });
}
