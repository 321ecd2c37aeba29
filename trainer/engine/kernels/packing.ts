/**
 * Sequences to packed batches, as c/batch.h reads them: rows end to end without padding, grouped into segments
 * (runs attending causally to themselves) and families (a prompt with its completions, or a document alone).
 * A row is a query where a prediction is wanted; its targets are the tokens to score there. Pure.
 *
 * Rows whose predictions nobody wants at the end of a segment are not computed at all: a completion's last token is
 * predicted but predicts nothing.
 */

/** What a pass keeps for a backward pass: the values of `Keep` in c/batch.h. */
export const KEEP = { nothing: 0, all: 1, inputs: 2 } as const;
export type Keep = (typeof KEEP)[keyof typeof KEEP];

export interface Batch {
  /** Header, arrays and banned tokens, in the order of `batch_begin` in c/batch.h. */
  readonly description: Int32Array;
  readonly rows: number;
  readonly queries: number;
  readonly targets: number;
}

const HEADER = 8;

class Growing {
  values = new Int32Array(256);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(1);
    this.values[this.length++] = value;
  }

  append(from: Int32Array): void {
    if (this.length + from.length > this.values.length) this.reserve(from.length);
    this.values.set(from, this.length);
    this.length += from.length;
  }

  view(): Int32Array {
    return this.values.subarray(0, this.length);
  }

  private reserve(more: number): void {
    const larger = new Int32Array(Math.max(2 * this.values.length, this.length + more));
    larger.set(this.view());
    this.values = larger;
  }
}

/** Collects families; call order is row order. */
export class BatchBuilder {
  private readonly tokens = new Growing();
  private readonly segmentStart = new Growing();
  private readonly segmentPrefix = new Growing();
  private readonly familyStart = new Growing();
  private readonly cacheSlot = new Growing();
  private readonly queryRow = new Growing();
  private readonly plain = new Growing();
  private readonly targetStart = new Growing();
  private readonly targetToken = new Growing();

  get rows(): number {
    return this.tokens.length;
  }

  /** @param cacheSlot where a sampler keeps the family's prompt; -1 without one */
  family(cacheSlot = -1): void {
    this.familyStart.push(this.segmentStart.length);
    this.cacheSlot.push(cacheSlot);
  }

  /** The family's first segment is the prompt of its others. Returns the segment's first row. */
  segment(tokens: Int32Array): number {
    const first = this.familyStart.values[this.familyStart.length - 1]!;
    const index = this.segmentStart.length;
    this.segmentPrefix.push(index === first ? -1 : first);
    const row = this.tokens.length;
    this.segmentStart.push(row);
    this.tokens.append(tokens);
    return row;
  }

  /** Rows must come in ascending order. `plain`: temperature 1 with nothing banned. */
  query(row: number, plain: boolean): void {
    this.queryRow.push(row);
    this.plain.push(plain ? 1 : 0);
    this.targetStart.push(this.targetToken.length);
  }

  /** A token to score at the last query. Returns the target's index. */
  target(token: number): number {
    this.targetToken.push(token);
    return this.targetToken.length - 1;
  }

  finish(keep: Keep, bannedTokens: readonly number[]): Batch {
    const segments = this.segmentStart.length;
    const families = this.familyStart.length;
    this.segmentStart.push(this.tokens.length);
    this.familyStart.push(segments);
    this.targetStart.push(this.targetToken.length);
    const header = new Int32Array(HEADER);
    header.set([
      this.tokens.length,
      segments,
      families,
      this.queryRow.length,
      this.targetToken.length,
      bannedTokens.length,
      keep,
    ]);
    const parts = [
      header,
      this.tokens.view(),
      this.segmentStart.view(),
      this.segmentPrefix.view(),
      this.familyStart.view(),
      this.cacheSlot.view(),
      this.queryRow.view(),
      this.plain.view(),
      this.targetStart.view(),
      this.targetToken.view(),
      Int32Array.from(bannedTokens),
    ];
    const description = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      description.set(part, at);
      at += part.length;
    }
    return {
      description,
      rows: this.tokens.length,
      queries: this.queryRow.length,
      targets: this.targetToken.length,
    };
  }
}

/** Where one completion's targets are: the first token's, which the prompt's last row predicts, then the rest's. */
export interface CompletionTargets {
  readonly first: number;
  /** Index of token 1's target; token i's is `rest + i - 1`. */
  readonly rest: number;
}

/**
 * Adds a prompt with its completions, every completion token a target.
 * @throws RangeError if the prompt is empty
 */
export function addGroup(
  builder: BatchBuilder,
  prompt: Int32Array,
  completions: readonly Int32Array[],
): CompletionTargets[] {
  if (prompt.length === 0) throw new RangeError('A prompt must have at least one token.');
  builder.family();
  const promptRow = builder.segment(prompt);
  builder.query(promptRow + prompt.length - 1, false);
  const firsts = completions.map((tokens) => (tokens.length > 0 ? builder.target(tokens[0]!) : -1));
  return completions.map((tokens, index) => {
    if (tokens.length < 2) return { first: firsts[index]!, rest: -1 };
    const row = builder.segment(tokens.subarray(0, tokens.length - 1));
    let rest = -1;
    for (let i = 1; i < tokens.length; i++) {
      builder.query(row + i - 1, false);
      const target = builder.target(tokens[i]!);
      if (i === 1) rest = target;
    }
    return { first: firsts[index]!, rest };
  });
}

/**
 * Adds a document with the given positions as targets (ascending, each at least 1).
 * Returns the index of the first target; the others follow.
 */
export function addDocument(
  builder: BatchBuilder,
  tokens: Int32Array,
  positions: readonly number[],
  plain: boolean,
): number {
  const last = positions.at(-1)!;
  builder.family();
  const row = builder.segment(tokens.subarray(0, last));
  let first = -1;
  for (const position of positions) {
    builder.query(row + position - 1, plain);
    const target = builder.target(tokens[position]!);
    if (first < 0) first = target;
  }
  return first;
}

/** Splits items into runs whose sizes sum to at most `limit`; an item larger than it runs alone. */
export function splitBySize<T>(items: readonly T[], sizeOf: (item: T) => number, limit: number): T[][] {
  const runs: T[][] = [];
  let size = 0;
  for (const item of items) {
    const more = sizeOf(item);
    const current = runs.at(-1);
    if (current && size + more <= limit) {
      current.push(item);
      size += more;
    } else {
      runs.push([item]);
      size = more;
    }
  }
  return runs;
}
