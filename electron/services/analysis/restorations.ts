/** Masked documents with what was put into the mask: of evaluations, and of a training step's rollouts. */
import type { Restoration, Restorations } from '../../contract/analysis.ts';
import type { StoredItem } from '../../contract/comparisons.ts';
import type { StoredSample } from '../../contract/runs.ts';
import type { Interval } from '../../contract/shapes.ts';
import type { Output, ResolvedInput } from '../../contract.ts';
import { numbersByName, type SampleReads } from '../../db/samples.ts';
import { meanInterval } from '../../statistics/clustered.ts';
import type { Answers } from './answers.ts';
import { type AnalysisSource, chooseEvaluations } from './chosen.ts';

/** Upper bounds of the masked share, as the trainer logs its rewards by. */
const BOUNDS = [0.1, 0.2, 0.3, 1] as const;

const BEGINNING = '<bos>';
const MASK = '<mask>';
const END = '<fill>';

/** The document around the mask, from a prompt `<bos> text <mask> text <fill> …`, of which only the end may be kept. */
export function aroundMask(promptText: string): Pick<Restoration, 'before' | 'after' | 'shortened'> {
  const whole = promptText.startsWith(BEGINNING);
  const text = whole ? promptText.slice(BEGINNING.length) : promptText;
  const end = text.lastIndexOf(END);
  const document = end < 0 ? text : text.slice(0, end);
  const mask = document.lastIndexOf(MASK);
  // A mask that was not kept stood in the part that was left off.
  if (mask < 0) return { before: '', after: document.trim(), shortened: true };
  return {
    before: document.slice(0, mask).trim(),
    after: document.slice(mask + MASK.length).trim(),
    shortened: !whole,
  };
}

interface Scored {
  readonly documentKey: string;
  readonly maskFraction: number | null;
  readonly scores: Readonly<Record<string, number>>;
}

interface ScoredGroup {
  readonly checkpointId: string | null;
  readonly answers: readonly Scored[];
}

function byMaskFraction(groups: readonly ScoredGroup[]): Restorations['byMaskFraction'] {
  return BOUNDS.map((to, i) => {
    const from = BOUNDS[i - 1] ?? 0;
    return {
      from,
      to,
      groups: groups.map(({ checkpointId, answers }) => {
        const own = answers.filter(({ maskFraction: f }) => f !== null && f > from && f <= to);
        return { checkpointId, scores: meansOf(own), n: own.length };
      }),
    };
  }).filter(({ groups: own }) => own.some(({ n }) => n > 0));
}

function meansOf(answers: readonly Scored[]): Record<string, Interval> {
  const names = new Set(answers.flatMap(({ scores }) => Object.keys(scores)));
  return Object.fromEntries(
    [...names].map((name) => {
      const having = answers.filter(({ scores }) => name in scores);
      return [
        name,
        meanInterval(
          having.map(({ scores }) => scores[name]!),
          having.map(({ documentKey }) => documentKey),
        ),
      ];
    }),
  );
}

function scoredOf({ documentKeys, maskFractions, scoreTexts }: Answers): Scored[] {
  const fractions = maskFractions();
  return scoreTexts().map((text, i) => ({
    documentKey: documentKeys[i]!,
    maskFraction: fractions[i]!,
    scores: numbersByName.parse(JSON.parse(text)),
  }));
}

export function compareRestorations(
  source: AnalysisSource,
  { checkpointIds, protocolHash, sort, text, offset, limit }: ResolvedInput<'compare.restorations'>,
): Output<'compare.restorations'> {
  const { chosen } = chooseEvaluations(source, checkpointIds, protocolHash);
  const items = new Map<string, { ids: Map<string, number[]>; total: number; n: number; fraction: number }>();
  for (const { checkpointId, answers } of chosen) {
    const [ids, fractions] = [answers.ids(), answers.maskFractions()];
    answers.itemKeys.forEach((key, i) => {
      const fraction = fractions[i];
      if (fraction === null || fraction === undefined) return;
      const item = items.get(key) ?? { ids: new Map<string, number[]>(), total: 0, n: 0, fraction };
      item.ids.set(checkpointId, [...(item.ids.get(checkpointId) ?? []), ids[i]!]);
      item.total += answers.scores[i]!;
      item.n++;
      items.set(key, item);
    });
  }
  const mean = (item: { readonly total: number; readonly n: number }): number => item.total / item.n;
  const order: Record<typeof sort, (a: [string, Item], b: [string, Item]) => number> = {
    key: ([a], [b]) => (a < b ? -1 : 1),
    worst: ([, a], [, b]) => mean(a) - mean(b),
    best: ([, a], [, b]) => mean(b) - mean(a),
    'mask-fraction': ([, a], [, b]) => b.fraction - a.fraction,
  };
  type Item = NonNullable<ReturnType<(typeof items)['get']>>;
  const holding =
    text === ''
      ? null
      : new Set(chosen.flatMap(({ evaluation }) => source.evaluations.holding(evaluation.key, text)));
  const shown = [...items]
    .filter(([key]) => holding === null || holding.has(key))
    .sort((a, b) => order[sort](a, b) || order.key(a, b));
  return {
    total: shown.length,
    rows: shown.slice(offset, offset + limit).map(([key, { ids }]) =>
      restorationOf(
        key,
        [...ids].flatMap(([checkpointId, own]) =>
          own.flatMap((id) => {
            const item = source.evaluations.item(id);
            return item ? [{ checkpointId, item }] : [];
          }),
        ),
      ),
    ),
    byMaskFraction: byMaskFraction(
      chosen.map(({ checkpointId, answers }) => ({ checkpointId, answers: scoredOf(answers) })),
    ),
  };
}

function restorationOf(
  key: string,
  answers: readonly { readonly checkpointId: string; readonly item: StoredItem }[],
): Restoration {
  const { item: first } = answers[0]!;
  return {
    key,
    documentKey: first.documentKey,
    ...aroundMask(first.promptText),
    truthText: first.truthText,
    maskFraction: first.maskFraction,
    candidates: answers.map(({ checkpointId, item }) => ({
      checkpointId,
      generationIndex: item.sampleIndex,
      rowId: item.id,
      answerText: item.answerText,
      thinkingText: item.thinkingText,
      thinkingLength: item.thinkingLength,
      truncated: item.truncated,
      reward: item.score,
      parts: item.scores,
    })),
  };
}

/** Most rollouts a step can keep: all of them are read, to sum them up by masked share. */
const WHOLE_STEP = 100_000;

export function runRestorations(
  samples: SampleReads,
  runKey: number,
  { step: asked, text, offset, limit }: ResolvedInput<'runs.restorations'>,
): Output<'runs.restorations'> {
  const isRestoration = ({ maskFraction }: StoredSample): boolean => maskFraction !== null;
  const step = asked ?? samples.steps(runKey).at(-1) ?? null;
  const rollouts = step === null ? [] : samples.page(runKey, step, WHOLE_STEP, 0).filter(isRestoration);
  const wanted = text.toLowerCase();
  const holds = ({ promptText, truthText, thinkingText, answerText }: StoredSample): boolean =>
    [promptText, truthText, thinkingText, answerText].some((one) => one.toLowerCase().includes(wanted));
  const groups = [...Map.groupBy(rollouts, ({ promptIndex }) => promptIndex)].filter(([, own]) =>
    own.some(holds),
  );
  return {
    step,
    total: groups.length,
    rows: groups.slice(offset, offset + limit).map(([promptIndex, own]): Restoration => {
      const first = own[0]!;
      return {
        key: String(promptIndex),
        documentKey: first.documentKey,
        ...aroundMask(first.promptText),
        truthText: first.truthText,
        maskFraction: first.maskFraction,
        candidates: own.map((rollout) => ({
          checkpointId: null,
          generationIndex: rollout.generationIndex,
          rowId: rollout.id,
          answerText: rollout.answerText,
          thinkingText: rollout.thinkingText,
          thinkingLength: rollout.thinkingLength,
          truncated: rollout.truncated,
          reward: rollout.reward,
          parts: rollout.rewards,
        })),
      };
    }),
    byMaskFraction: byMaskFraction([
      {
        checkpointId: null,
        answers: rollouts.map(({ documentKey, maskFraction, rewards, reward }) => ({
          documentKey,
          maskFraction,
          scores: { reward, ...rewards },
        })),
      },
    ]),
  };
}
