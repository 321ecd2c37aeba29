/** Verifiable rewards. All pure; scores lie in [0, 1] unless said otherwise. */

/** Levenshtein distance between token sequences. */
export function levenshtein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = Math.min(above + 1, row[j - 1]! + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length]!;
}

/** 1 − Levenshtein/longer; 1 for two empty sequences. */
export function editSimilarity(restored: ArrayLike<number>, truth: ArrayLike<number>): number {
  const longer = Math.max(restored.length, truth.length);
  return longer === 0 ? 1 : 1 - levenshtein(restored, truth) / longer;
}

export function exactMatch(restored: ArrayLike<number>, truth: ArrayLike<number>): number {
  if (restored.length !== truth.length) return 0;
  for (let i = 0; i < truth.length; i++) if (restored[i] !== truth[i]) return 0;
  return 1;
}

const CHRF_ORDER = 6;
const CHRF_BETA = 2;

function characterNgrams(text: string, n: number): Map<string, number> {
  const counts = new Map<string, number>();
  const characters = [...text];
  for (let i = 0; i + n <= characters.length; i++) {
    const gram = characters.slice(i, i + n).join('');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/**
 * chrF2 over characters without white space (Popović 2015): n-gram orders 1–6, β = 2, precision and recall averaged
 * over the orders that both texts have, as sacreBLEU computes it (there times 100).
 */
export function chrf(hypothesis: string, reference: string): number {
  const h = hypothesis.replace(/\s+/gu, '');
  const r = reference.replace(/\s+/gu, '');
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let n = 1; n <= CHRF_ORDER; n++) {
    const inHypothesis = characterNgrams(h, n);
    const inReference = characterNgrams(r, n);
    const total = (counts: Map<string, number>): number =>
      [...counts.values()].reduce((sum, c) => sum + c, 0);
    const hypothesisTotal = total(inHypothesis);
    const referenceTotal = total(inReference);
    if (hypothesisTotal === 0 || referenceTotal === 0) continue;
    let common = 0;
    for (const [gram, count] of inHypothesis) common += Math.min(count, inReference.get(gram) ?? 0);
    precision += common / hypothesisTotal;
    recall += common / referenceTotal;
    orders++;
  }
  if (orders === 0) return 0;
  precision /= orders;
  recall /= orders;
  const factor = CHRF_BETA ** 2;
  return precision + recall === 0 ? 0 : ((1 + factor) * precision * recall) / (factor * precision + recall);
}

/** RMT's match: 1 if the first answer token is the true next token. */
export function tokenMatch(answer: ArrayLike<number>, truth: number): number {
  return answer.length > 0 && answer[0] === truth ? 1 : 0;
}

/**
 * RPT's prefix reward (arXiv 2506.08007): 1 if the predicted bytes are an exact, non-empty prefix of the true
 * continuation's bytes and end where one of its tokens ends.
 * @param continuation bytes of each true token from the position on
 */
export function prefixMatch(predicted: Uint8Array, continuation: readonly Uint8Array[]): number {
  let at = 0;
  for (const token of continuation) {
    if (token.length > predicted.length - at) return 0;
    for (const byte of token) if (predicted[at++] !== byte) return 0;
    if (at === predicted.length) return at === 0 ? 0 : 1;
  }
  return 0;
}

/**
 * Match and length as one reward. `additive` is the paper's (1 − w)·match + w·r_len; `gated` pays for length only
 * where the match is right: match·((1 − w) + w·r_len).
 */
export function withLengthReward(
  form: 'additive' | 'gated',
  weight: number,
  match: number,
  lengthReward: number,
): number {
  return form === 'additive'
    ? (1 - weight) * match + weight * lengthReward
    : match * (1 - weight + weight * lengthReward);
}

/** Numbers written in an answer compare by value: "07", "7.0" and "7" are the same. */
export function answersMatch(how: 'exact' | 'numeric', answer: string, truth: string): number {
  const normal = (text: string): string => text.trim().replace(/\s+/gu, ' ');
  if (how === 'exact') return normal(answer) === normal(truth) ? 1 : 0;
  const numberIn = (text: string): number =>
    Number(/-?\d+(?:\.\d+)?(?:e-?\d+)?/iu.exec(text.replaceAll(',', ''))?.[0] ?? 'NaN');
  const given = numberIn(answer);
  return !Number.isNaN(given) && given === numberIn(truth) ? 1 : 0;
}
