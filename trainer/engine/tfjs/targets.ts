/** Which tokens of a micro-batch are predicted, and from which hidden rows. Pure; no tensors. */
import type { WeightedDocument } from '../engine.ts';
import type { Layout, Sequence } from './layout.ts';

export interface Targets {
  /** Flat row of the hidden state that predicts each target. */
  readonly rows: Int32Array;
  readonly tokens: Int32Array;
}

/**
 * Every completion token of the sequences at `places`; the first of each is predicted by the prompt's last token.
 */
export function groupTargets(
  layout: Layout,
  sequences: readonly Sequence[],
  places: readonly number[],
): Targets {
  const rows: number[] = [];
  const tokens: number[] = [];
  for (const place of places) {
    const { prompt, completions } = sequences[place]!;
    const promptEnd = layout.promptStarts[place]! + prompt.length - 1;
    completions.forEach((run, slot) => {
      const start = layout.completionStarts[place]![slot]!;
      for (let i = 0; i < run.length; i++) {
        rows.push(i === 0 ? promptEnd : start + i - 1);
        tokens.push(run[i]!);
      }
    });
  }
  return { rows: Int32Array.from(rows), tokens: Int32Array.from(tokens) };
}

export interface WeightedTargets extends Targets {
  readonly weights: Float32Array;
}

/** The tokens of documents that carry weight. */
export function documentTargets(
  layout: Layout,
  documents: readonly { readonly place: number; readonly document: WeightedDocument }[],
): WeightedTargets {
  const rows: number[] = [];
  const tokens: number[] = [];
  const weights: number[] = [];
  for (const { place, document } of documents) {
    for (let i = 1; i < document.tokens.length; i++) {
      if (document.weights[i] === 0) continue;
      rows.push(layout.promptStarts[place]! + i - 1);
      tokens.push(document.tokens[i]!);
      weights.push(document.weights[i]!);
    }
  }
  return {
    rows: Int32Array.from(rows),
    tokens: Int32Array.from(tokens),
    weights: Float32Array.from(weights),
  };
}

/** Targets of one whole sequence from index `start` on. */
export function sequenceTargets(
  layout: Layout,
  sequences: readonly Sequence[],
  starts: readonly number[],
): Targets {
  const rows: number[] = [];
  const tokens: number[] = [];
  sequences.forEach(({ prompt }, place) => {
    for (let i = starts[place]!; i < prompt.length; i++) {
      rows.push(layout.promptStarts[place]! + i - 1);
      tokens.push(prompt[i]!);
    }
  });
  return { rows: Int32Array.from(rows), tokens: Int32Array.from(tokens) };
}
