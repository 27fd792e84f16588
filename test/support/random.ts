/** Random numbers that a seed decides, so that a failing case can be run again. */
export interface Random {
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
}

/** xorshift32 (Marsaglia 2003, Journal of Statistical Software 8:14) with shifts 13, 17 and 5; good enough for made-up cases. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 0 || 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * limit);
  };
  return { below, pick: (from) => from[below(from.length)] as (typeof from)[number] };
}
