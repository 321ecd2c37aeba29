/**
 * The unbiased estimate of pass@k from n samples of which c are right: 1 − C(n−c, k)/C(n, k), the chance that k of
 * the n drawn without putting back hold a right one. M. Chen et al., “Evaluating Large Language Models Trained on
 * Code”, arXiv 2107.03374, eq. 1, in its numerically stable form 1 − Π_{i=n−c+1}^{n} (1 − k/i).
 * @param k from 1 to n
 */
export function passAtK(n: number, c: number, k: number): number {
  if (n - c < k) return 1;
  let miss = 1;
  for (let i = n - c + 1; i <= n; i++) miss *= 1 - k / i;
  return 1 - miss;
}
