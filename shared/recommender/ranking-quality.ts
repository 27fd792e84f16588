/**
 * nDCG@k with binary relevance (Järvelin and Kekäläinen 2002): what the relevant items among the first `k` gain, discounted by
 * log₂(place + 1), over the most that could be gained. 0 to 1; `relevant` must not be empty.
 */
export function ndcgAt<T>(k: number, ranking: readonly T[], relevant: ReadonlySet<T>): number {
  let gain = 0;
  let ideal = 0;
  for (let place = 0; place < k; place++) {
    const discount = 1 / Math.log2(place + 2);
    if (place < relevant.size) ideal += discount;
    const item = ranking[place];
    if (item !== undefined && relevant.has(item)) gain += discount;
  }
  return gain / ideal;
}

/** A mean with its interval at 95 %, by the normal approximation. */
export interface MeanWithInterval {
  readonly value: number;
  readonly interval: readonly [number, number];
}

export function meanWithInterval(values: readonly number[]): MeanWithInterval {
  const value = values.reduce((sum, each) => sum + each, 0) / values.length;
  const variance = values.reduce((sum, each) => sum + (each - value) ** 2, 0) / Math.max(1, values.length - 1);
  const half = 1.96 * Math.sqrt(variance / values.length);
  return { value, interval: [value - half, value + half] };
}
