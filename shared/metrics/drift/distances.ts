import { chiSquareSurvival } from '../../core/distributions.ts';

/** Shares of 0 are taken for this one, as a logarithm needs; an empty bin adds at most 9.2 times its share to the index. */
export const LEAST_SHARE = 1e-4;

/**
 * Population stability index, Σ (c - r) ln(c / r) over bins with shares r of the reference and c of the current sample (Lewis 1994;
 * it is Jeffreys' divergence): below 0.1 little change, above 0.25 much. 0 and up.
 */
export function populationStability(reference: Float64Array, current: Float64Array): number {
  const [ofReference, ofCurrent] = [total(reference), total(current)];
  return sumOver(reference, current, (a, b) => {
    const [r, c] = [Math.max(LEAST_SHARE, a / ofReference), Math.max(LEAST_SHARE, b / ofCurrent)];
    return (c - r) * Math.log(c / r);
  });
}

/** What the index is on average where nothing has drifted, (bins - 1)(1 / n + 1 / m) (Yurdakul 2018): few rows alone make it large. */
export function stabilityByChance(reference: Float64Array, current: Float64Array): number {
  const bins = reference.filter((count, i) => count + (current[i] as number) > 0).length;
  return Math.max(0, bins - 1) * (1 / total(reference) + 1 / total(current));
}

/**
 * Jensen-Shannon distance, the root of the divergence in bits (Endres and Schindelin 2003): 0 where the shares are equal, 1 where
 * no bin is in both samples.
 */
export function jensenShannonDistance(reference: Float64Array, current: Float64Array): number {
  const [ofReference, ofCurrent] = [total(reference), total(current)];
  const divergence = sumOver(reference, current, (a, b) => {
    const [r, c] = [a / ofReference, b / ofCurrent];
    const middle = (r + c) / 2;
    return (r > 0 ? (r * Math.log2(r / middle)) / 2 : 0) + (c > 0 ? (c * Math.log2(c / middle)) / 2 : 0);
  });
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

export interface ChiSquareTest {
  readonly statistic: number;
  readonly pValue: number;
  /** The least expected count: below 5 the p-value is rough (Cochran 1954). */
  readonly leastExpected: number;
}

/** Pearson's chi-square test (1900) that both samples have the same shares, without correction; bins that both lack don't count. */
export function chiSquareTest(reference: Float64Array, current: Float64Array): ChiSquareTest {
  const [ofReference, ofCurrent] = [total(reference), total(current)];
  const all = ofReference + ofCurrent;
  let [bins, leastExpected] = [0, Number.POSITIVE_INFINITY];
  const statistic = sumOver(reference, current, (a, b) => {
    if (a + b === 0) return 0;
    bins += 1;
    const [r, c] = [((a + b) * ofReference) / all, ((a + b) * ofCurrent) / all];
    leastExpected = Math.min(leastExpected, r, c);
    return (a - r) ** 2 / r + (b - c) ** 2 / c;
  });
  return { statistic, pValue: bins < 2 ? 1 : chiSquareSurvival(statistic, bins - 1), leastExpected };
}

function sumOver(reference: Float64Array, current: Float64Array, of: (a: number, b: number) => number): number {
  let sum = 0;
  for (let bin = 0; bin < reference.length; bin++) sum += of(reference[bin] as number, current[bin] as number);
  return sum;
}

export function total(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
