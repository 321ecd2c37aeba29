/**
 * Byte-level byte-pair encoding: training and applying merges.
 *
 * Sennrich et al. 2016 (arXiv 1508.07909) on bytes, with GPT-2's byte alphabet and pre-tokenisation pattern, so that
 * tokenizer.json files mean the same in Hugging Face's tokenizers. Merges equal those of its BpeTrainer: most frequent
 * pair first, ties to the smaller pair of ids.
 */

export type Merge = readonly [left: string, right: string];

/** GPT-2's pattern: contractions, words, numbers and punctuation with their leading space, then white space. */
export const BYTE_LEVEL_PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** GPT-2's printable stand-ins: visible Latin-1 bytes are themselves, the others follow from U+0100. */
const CHAR_OF_BYTE: readonly string[] = (() => {
  const chars: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const visible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    chars.push(String.fromCharCode(visible ? byte : next++));
  }
  return chars;
})();
const BYTE_OF_CHAR = new Map(CHAR_OF_BYTE.map((char, byte) => [char, byte]));

/** The 256 byte stand-ins in code-point order: the first pieces of every vocabulary. */
export const BYTE_ALPHABET: readonly string[] = [...CHAR_OF_BYTE].sort();

const encoder = new TextEncoder();

export function bytesOfPiece(piece: string): Uint8Array {
  return Uint8Array.from(piece, (char) => BYTE_OF_CHAR.get(char) ?? 0);
}

/** A function from a pre-token (text) to ids; remembers what it has seen. */
export function mergeEncoder(
  vocab: Readonly<Record<string, number>>,
  merges: readonly Merge[],
): (preToken: string) => readonly number[] {
  const size = Math.max(...Object.values(vocab)) + 1;
  const ranks = new Map<number, { rank: number; id: number }>();
  merges.forEach(([left, right], rank) => {
    ranks.set(vocab[left]! * size + vocab[right]!, { rank, id: vocab[left + right]! });
  });
  const idOfByte = CHAR_OF_BYTE.map((char) => vocab[char]!);
  const seen = new Map<string, readonly number[]>();
  const MOST_REMEMBERED = 200_000;
  return (preToken) => {
    const known = seen.get(preToken);
    if (known) return known;
    const ids = Array.from(encoder.encode(preToken), (byte) => idOfByte[byte]!);
    while (ids.length > 1) {
      let best = -1;
      let bestRank = Number.POSITIVE_INFINITY;
      let bestId = 0;
      for (let i = 0; i + 1 < ids.length; i++) {
        const merge = ranks.get(ids[i]! * size + ids[i + 1]!);
        if (merge && merge.rank < bestRank) {
          best = i;
          bestRank = merge.rank;
          bestId = merge.id;
        }
      }
      if (best < 0) break;
      ids.splice(best, 2, bestId);
    }
    if (seen.size < MOST_REMEMBERED) seen.set(preToken, ids);
    return ids;
  };
}

interface TrainedBpe {
  /** Byte alphabet, then merged pieces in the order learned. */
  readonly pieces: string[];
  readonly merges: Merge[];
}

/**
 * Learns merges until there are `size` pieces or no pair occurs twice.
 * @param counts pre-tokens (text) with how often they occur
 * @param firstId id of the first piece (after the special tokens); only its order matters, for ties
 */
export function trainBpe(counts: ReadonlyMap<string, number>, size: number, firstId: number): TrainedBpe {
  const pieces = [...BYTE_ALPHABET];
  const merges: Merge[] = [];
  const idOf = new Map(pieces.map((piece, i) => [piece, firstId + i]));
  const words = [...counts].map(([text, count]) => ({
    ids: Array.from(encoder.encode(text), (byte) => idOf.get(CHAR_OF_BYTE[byte]!)!),
    count,
  }));
  const SPAN = 2 ** 26; // ids stay below it, so a pair packs into one exact number
  const pairCount = new Map<number, number>();
  const pairWords = new Map<number, Set<number>>();
  const queue = new PairQueue();
  const add = (pair: number, word: number, count: number): void => {
    pairCount.set(pair, (pairCount.get(pair) ?? 0) + count);
    let at = pairWords.get(pair);
    if (!at) {
      at = new Set();
      pairWords.set(pair, at);
    }
    at.add(word);
  };
  words.forEach(({ ids, count }, w) => {
    for (let i = 0; i + 1 < ids.length; i++) add(ids[i]! * SPAN + ids[i + 1]!, w, count);
  });
  for (const [pair, count] of pairCount) queue.push(pair, count);
  while (pieces.length < size) {
    const top = queue.pop();
    if (!top) break;
    const actual = pairCount.get(top.pair) ?? 0;
    if (actual !== top.count) {
      if (actual > 0) queue.push(top.pair, actual);
      continue;
    }
    if (actual < 2) break;
    const left = Math.floor(top.pair / SPAN);
    const right = top.pair % SPAN;
    const leftPiece = pieces[left - firstId]!;
    const rightPiece = pieces[right - firstId]!;
    const merged = leftPiece + rightPiece;
    // Two ways to spell the same piece: the first one owns the id, the merge is still learned.
    let id = idOf.get(merged);
    if (id === undefined) {
      id = firstId + pieces.length;
      pieces.push(merged);
      idOf.set(merged, id);
    }
    merges.push([leftPiece, rightPiece]);
    const grown = new Set<number>();
    for (const w of pairWords.get(top.pair) ?? []) {
      const word = words[w]!;
      for (let i = 0; i + 1 < word.ids.length; i++) {
        if (word.ids[i] !== left || word.ids[i + 1] !== right) continue;
        if (i > 0) {
          const before = word.ids[i - 1]!;
          pairCount.set(before * SPAN + left, (pairCount.get(before * SPAN + left) ?? 0) - word.count);
          add(before * SPAN + id, w, word.count);
          grown.add(before * SPAN + id);
        }
        if (i + 2 < word.ids.length) {
          const after = word.ids[i + 2]!;
          pairCount.set(right * SPAN + after, (pairCount.get(right * SPAN + after) ?? 0) - word.count);
          add(id * SPAN + after, w, word.count);
          grown.add(id * SPAN + after);
        }
        word.ids.splice(i, 2, id);
      }
    }
    pairCount.delete(top.pair);
    pairWords.delete(top.pair);
    for (const pair of grown) queue.push(pair, pairCount.get(pair) ?? 0);
  }
  return { pieces, merges };
}

/** A binary heap of pairs: highest count first, ties to the smaller pair. Stale entries are the caller's to skip. */
class PairQueue {
  private readonly heap: { pair: number; count: number }[] = [];

  push(pair: number, count: number): void {
    if (count <= 0) return;
    const heap = this.heap;
    heap.push({ pair, count });
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(heap[at]!, heap[parent]!)) break;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  pop(): { pair: number; count: number } | undefined {
    const heap = this.heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || !last) return top;
    heap[0] = last;
    let at = 0;
    for (;;) {
      let next = 2 * at + 1;
      if (next >= heap.length) return top;
      if (next + 1 < heap.length && before(heap[next + 1]!, heap[next]!)) next++;
      if (!before(heap[next]!, heap[at]!)) return top;
      [heap[at], heap[next]] = [heap[next]!, heap[at]!];
      at = next;
    }
  }
}

function before(a: { pair: number; count: number }, b: { pair: number; count: number }): boolean {
  return a.count !== b.count ? a.count > b.count : a.pair < b.pair;
}

/** How often each pre-token occurs in some texts. */
export function countPreTokens(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const preToken of text.match(BYTE_LEVEL_PATTERN) ?? []) {
      counts.set(preToken, (counts.get(preToken) ?? 0) + 1);
    }
  }
  return counts;
}
