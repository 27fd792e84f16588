import { kolmogorovSurvival } from '../../core/distributions.ts';
import { total } from './distances.ts';
import type { PairedCounts } from './number-counts.ts';

/** Up to this product of the samples' sizes the p-value is exact; a path is counted in 10 ms then. */
const MOST_EXACT = 4_000_000;

export interface KolmogorovSmirnovTest {
  /** The largest distance between the two distribution functions, 0 to 1. */
  readonly statistic: number;
  /** By how much it may be larger where counts are of ranges of numbers; 0 where they are of numbers. */
  readonly errorBound: number;
  readonly pValue: number;
}

/**
 * Two-sided test of Kolmogorov and Smirnov that both samples come from one distribution. The p-value is exact for small samples
 * (ties make it too large, not too small), else from Kolmogorov's limit, corrected for n m / (n + m) values (Vrbik 2018, Pioneer J. Theor. Appl. Stat. 15:15).
 * Both sides must have a number.
 */
export function kolmogorovSmirnovTest(
  { reference, current }: PairedCounts<number>,
  isExact: boolean,
): KolmogorovSmirnovTest {
  const [n, m] = [total(reference), total(current)];
  let [inReference, inCurrent, largest, bound] = [0, 0, 0, 0];
  for (let i = 0; i < reference.length; i++) {
    const before = inReference * m - inCurrent * n;
    const [r, c] = [(reference[i] as number) * m, (current[i] as number) * n];
    bound = Math.max(bound, Math.abs(before + r), Math.abs(before - c));
    inReference += reference[i] as number;
    inCurrent += current[i] as number;
    largest = Math.max(largest, Math.abs(inReference * m - inCurrent * n));
  }
  const statistic = largest / (n * m);
  const errorBound = isExact ? 0 : Math.max(0, bound / (n * m) - statistic);
  const pValue =
    n * m <= MOST_EXACT ? exactPValue(Math.max(n, m), Math.min(n, m), largest) : limitPValue(n, m, statistic);
  return { statistic, errorBound, pValue };
}

/**
 * Share of the orders of n and m values in which the distribution functions are at least `distance` / (n m) apart somewhere: a
 * path to (i, j) came from (i - 1, j) with chance i / (i + j) (Hodges 1958, Ark. Mat. 3:469). Only sums of positive terms, so that
 * small p-values keep their digits.
 */
function exactPValue(n: number, m: number, distance: number): number {
  if (distance === 0) return 1;
  const outside = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) outside[j] = j * n >= distance ? 1 : 0;
  for (let i = 1; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= distance) outside[j] = 1;
      else {
        const fromLeft = j === 0 ? 0 : (outside[j - 1] as number) * j;
        outside[j] = ((outside[j] as number) * i + fromLeft) / (i + j);
      }
    }
  }
  return Math.min(1, outside[m] as number);
}

function limitPValue(n: number, m: number, statistic: number): number {
  const root = Math.sqrt(n / (1 + n / m));
  const x = root * statistic;
  return Math.min(1, Math.max(0, kolmogorovSurvival(x + 1 / (6 * root) + (x - 1) / (4 * root * root))));
}
