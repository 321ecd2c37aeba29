/** Which tokens of a micro-batch are predicted, and from which hidden rows. Pure; no tensors. */
import type { WeightedDocument } from '../engine.ts';
import type { Layout } from './layout.ts';

export interface Targets {
  /** Flat row of the hidden state that predicts each target. */
  readonly rows: Int32Array;
  readonly tokens: Int32Array;
}

/** A group's tokens, and its place among the micro-batch's sequences. */
export interface PlacedGroup {
  readonly place: number;
  readonly prompt: Int32Array;
  readonly completions: readonly { readonly tokens: Int32Array }[];
}

/** Every completion token of the groups: the first of each is predicted by the prompt's last token. */
export function groupTargets(layout: Layout, groups: readonly PlacedGroup[]): Targets {
  const rows: number[] = [];
  const tokens: number[] = [];
  for (const { place, prompt, completions } of groups) {
    const promptEnd = layout.promptStarts[place]! + prompt.length - 1;
    completions.forEach((completion, slot) => {
      const start = layout.completionStarts[place]![slot]!;
      completion.tokens.forEach((token, i) => {
        rows.push(i === 0 ? promptEnd : start + i - 1);
        tokens.push(token);
      });
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

/** Targets of whole sequences from index `starts[i]` ≥ 1 on. */
export function sequenceTargets(
  layout: Layout,
  sequences: readonly Int32Array[],
  starts: readonly number[],
): Targets {
  const rows: number[] = [];
  const tokens: number[] = [];
  sequences.forEach((sequence, place) => {
    for (let i = starts[place]!; i < sequence.length; i++) {
      rows.push(layout.promptStarts[place]! + i - 1);
      tokens.push(sequence[i]!);
    }
  });
  return { rows: Int32Array.from(rows), tokens: Int32Array.from(tokens) };
}

/** What the model has to read of a run of tokens: nothing is predicted from the last one. */
export const withoutLast = (tokens: Int32Array): Int32Array =>
  tokens.subarray(0, Math.max(0, tokens.length - 1));
