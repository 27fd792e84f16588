/**
 * Indices of the `k` highest scores that are at least `threshold`, best first; ties go to the lower index.
 * One pass with insertion: k is small (usually 1 to 10) and the label count at most a few thousand.
 */
export function topK(scores: ArrayLike<number>, k: number, threshold = Number.NEGATIVE_INFINITY): number[] {
  const best: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (!(score >= threshold)) continue;
    if (best.length === k && score <= (scores[best[k - 1] as number] as number)) continue;
    let at = best.length === k ? k - 1 : best.length;
    while (at > 0 && (scores[best[at - 1] as number] as number) < score) {
      best[at] = best[at - 1] as number;
      at--;
    }
    best[at] = i;
  }
  return best;
}
