/** How a list is made less alike. */
export interface DiversifyOptions {
  readonly k: number;
  /** 0: by score alone; 1: by difference alone, from the best on. */
  readonly diversity: number;
  /** 0 (nothing in common) to 1 (the same). */
  readonly similarity: (a: number, b: number) => number;
  /** Whether an item may still be taken beside those taken already. */
  readonly mayTake: (index: number, taken: readonly number[]) => boolean;
}

/**
 * Indexes of the `k` items taken, in the order in which they were. Maximal marginal relevance (Carbonell and Goldstein 1998): the
 * next is the one with the greatest (1 − diversity) × relevance − diversity × its greatest similarity to one taken before;
 * relevance is the score brought to 0…1 over the items given. `scores` fall. Of equal items the earlier is taken.
 */
export function diversify(scores: ArrayLike<number>, options: DiversifyOptions): number[] {
  const { k, diversity, similarity, mayTake } = options;
  const best = scores[0] ?? 0;
  const range = best - (scores[scores.length - 1] ?? 0) || 1;
  const left = new Set(Array.from({ length: scores.length }, (_, index) => index));
  const nearest = new Float64Array(scores.length);
  const taken: number[] = [];
  while (taken.length < k && left.size > 0) {
    let next = -1;
    let nextValue = Number.NEGATIVE_INFINITY;
    for (const index of left) {
      if (!mayTake(index, taken)) {
        left.delete(index);
        continue;
      }
      const relevance = 1 - (best - (scores[index] as number)) / range;
      const value = (1 - diversity) * relevance - diversity * (nearest[index] as number);
      if (value > nextValue) [next, nextValue] = [index, value];
      // Without diversity the first that may be taken is the best.
      if (diversity === 0) break;
    }
    if (next < 0) break;
    taken.push(next);
    left.delete(next);
    if (diversity > 0) {
      for (const index of left) nearest[index] = Math.max(nearest[index] as number, similarity(index, next));
    }
  }
  return taken;
}
