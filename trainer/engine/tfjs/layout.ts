/**
 * How sequences lie in a micro-batch. Pure; no tensors.
 *
 * Tokens of all sequences lie one after another without padding, so products, norms and MLPs see no waste. Only
 * attention needs rectangles: sequences are sorted into blocks of similar length, and each block says where its
 * padded places lie in the flat order. A sequence is a prompt, with completions that see it as their prefix (a
 * group), or alone (a document).
 */
export interface Sequence {
  readonly prompt: Int32Array;
  /** Each follows the prompt; none for a document. */
  readonly completions: readonly Int32Array[];
}

/** `count` token runs padded to `width`, lying one after another from `start` in the flat order. */
export interface Segment {
  readonly start: number;
  readonly count: number;
  readonly width: number;
  readonly tokens: number;
  readonly lengths: readonly number[];
  /** Null when nothing is padded. */
  readonly padding: {
    /** [count · width]: the place in the segment's flat tokens each padded place shows (0 for padding). */
    readonly fromFlat: Int32Array;
    /** [count · width]: 0 for padding. */
    readonly real: Float32Array;
    /** [tokens]: the padded place of each flat token. */
    readonly toFlat: Int32Array;
  } | null;
}

export interface Block {
  /** Indices into the sequences the layout was made from. */
  readonly sequences: readonly number[];
  readonly prompts: Segment;
  /** `count` is prompts × slots; null for documents. */
  readonly completions: Segment | null;
  /** Completions per prompt, the most of any. */
  readonly slots: number;
}

export interface Layout {
  readonly tokens: Int32Array;
  /** Position of each token in its sequence, the prompt included. */
  readonly positions: Int32Array;
  readonly blocks: readonly Block[];
  /** Flat index of each sequence's first prompt token, in the order given. */
  readonly promptStarts: Int32Array;
  /** The same for each completion; −1 for an empty one. */
  readonly completionStarts: readonly Int32Array[];
}

export const tokensOf = (sequence: Sequence): number =>
  sequence.completions.reduce((sum, c) => sum + c.length, sequence.prompt.length);

const longest = (runs: readonly Int32Array[]): number =>
  runs.reduce((max, run) => Math.max(max, run.length), 0);

/** Order by which neighbours pad each other least. */
function bySize(sequences: readonly Sequence[]): number[] {
  const key = sequences.map((s) => [
    Math.sign(s.completions.length),
    s.completions.length,
    longest(s.completions),
    s.prompt.length,
  ]);
  return sequences
    .map((_, index) => index)
    .sort((a, b) => {
      for (let i = 0; i < 4; i++) {
        const difference = key[a]![i]! - key[b]![i]!;
        if (difference !== 0) return difference;
      }
      return a - b;
    });
}

/** Splits sequences into micro-batches of at most `maxTokens`; one larger than that runs alone. */
export function microBatches(sequences: readonly Sequence[], maxTokens: number): number[][] {
  const batches: number[][] = [];
  let tokens = 0;
  for (const index of bySize(sequences)) {
    const size = tokensOf(sequences[index]!);
    if (batches.length === 0 || tokens + size > maxTokens) {
      batches.push([]);
      tokens = 0;
    }
    batches.at(-1)!.push(index);
    tokens += size;
  }
  return batches;
}

/** A new block starts where joining the last would leave less than this share of its places filled. */
const LEAST_FILL = 0.75;

function blocksOf(sequences: readonly Sequence[], leastFill: number): number[][] {
  const blocks: number[][] = [];
  let filled = 0;
  let promptWidth = 0;
  let slots = 0;
  let width = 0;
  for (const index of bySize(sequences)) {
    const s = sequences[index]!;
    const current = blocks.at(-1);
    const grouped = s.completions.length > 0;
    const next = {
      filled: filled + tokensOf(s),
      promptWidth: Math.max(promptWidth, s.prompt.length),
      slots: Math.max(slots, s.completions.length),
      width: Math.max(width, longest(s.completions)),
    };
    const places = ((current?.length ?? 0) + 1) * (next.promptWidth + next.slots * next.width);
    const joins = current && grouped === slots > 0 && next.filled >= leastFill * places;
    if (joins) {
      current.push(index);
      ({ filled, promptWidth, slots, width } = next);
    } else {
      blocks.push([index]);
      filled = tokensOf(s);
      promptWidth = s.prompt.length;
      slots = s.completions.length;
      width = longest(s.completions);
    }
  }
  return blocks;
}

function segmentOf(start: number, lengths: readonly number[], width: number): Segment {
  const tokens = lengths.reduce((sum, n) => sum + n, 0);
  const places = lengths.length * width;
  const segment = { start, count: lengths.length, width, tokens, lengths };
  if (tokens === places) return { ...segment, padding: null };
  const fromFlat = new Int32Array(places);
  const real = new Float32Array(places);
  const toFlat = new Int32Array(tokens);
  let flat = 0;
  lengths.forEach((length, row) => {
    for (let i = 0; i < length; i++) {
      const place = row * width + i;
      fromFlat[place] = flat;
      real[place] = 1;
      toFlat[flat++] = place;
    }
  });
  return { ...segment, padding: { fromFlat, real, toFlat } };
}

/** @param leastFill 0 puts every sequence into one block (they must all be groups or all documents) */
export function layoutOf(sequences: readonly Sequence[], leastFill = LEAST_FILL): Layout {
  const total = sequences.reduce((sum, s) => sum + tokensOf(s), 0);
  const tokens = new Int32Array(total);
  const positions = new Int32Array(total);
  const promptStarts = new Int32Array(sequences.length);
  const completionStarts = sequences.map((s) => new Int32Array(s.completions.length).fill(-1));
  let at = 0;
  const place = (run: Int32Array, firstPosition: number): number => {
    const start = at;
    tokens.set(run, at);
    for (let i = 0; i < run.length; i++) positions[at + i] = firstPosition + i;
    at += run.length;
    return start;
  };
  const blocks = blocksOf(sequences, leastFill).map((members): Block => {
    const runs = members.map((index) => sequences[index]!);
    const start = at;
    for (const index of members) promptStarts[index] = place(sequences[index]!.prompt, 0);
    const promptLengths = runs.map((s) => s.prompt.length);
    const prompts = segmentOf(start, promptLengths, Math.max(...promptLengths));
    const slots = Math.max(...runs.map((s) => s.completions.length));
    const width = Math.max(...runs.map((s) => longest(s.completions)));
    if (slots === 0 || width === 0) return { sequences: members, prompts, completions: null, slots: 0 };
    const completionStart = at;
    for (const index of members) {
      const { prompt, completions } = sequences[index]!;
      completions.forEach((run, slot) => {
        if (run.length > 0) completionStarts[index]![slot] = place(run, prompt.length);
      });
    }
    const lengths = runs.flatMap((s) =>
      Array.from({ length: slots }, (_, slot) => s.completions[slot]?.length ?? 0),
    );
    return { sequences: members, prompts, completions: segmentOf(completionStart, lengths, width), slots };
  });
  return { tokens, positions, blocks, promptStarts, completionStarts };
}
