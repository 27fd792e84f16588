import { drawMultinomial } from '../../core/draw-binomial.ts';
import { seededRandom } from '../../core/seeded-random.ts';
import { percentileInterval } from '../bootstrap.ts';
import type { IntervalOptions } from '../evaluation.ts';
import { type Metric, noMetric } from '../metric.ts';
import { deltaInterval } from '../normal-interval.ts';
import type { KeptRow } from './regression-rows.ts';
import type { RegressionState } from './regression-state.ts';

/** Rows times draws that are resampled; with more, the delta method. */
const MOST_DRAWN = 5e6;

/**
 * R² = 1 − Σw(y − ŷ)² / Σw(y − ȳ)², 1 at best and without a lower end. Null where actuals are all equal (scikit-learn says 1 or 0
 * then) or with fewer than two rows. Intervals only while rows are kept: by resampling them, else from each row's influence.
 */
export function determinationMetric(
  state: RegressionState,
  rows: readonly KeptRow[],
  options: IntervalOptions,
): Metric {
  if (state.means.squaredError.rows < 2) return noMetric('there are fewer than two rows');
  const total = state.spread.sumOfSquares;
  if (state.range?.[0] === state.range?.[1] || total <= 0) return noMetric('actual values are all equal');
  const value = 1 - state.means.squaredError.total / total;
  if (options.method === 'none' || rows.length === 0) return { value };
  if (options.method === 'analytic' || rows.length * options.draws > MOST_DRAWN) {
    const standardError = standardErrorOf(rows, state.spread.mean, state.means.squaredError.total, total);
    return { value, ...deltaInterval(value, standardError, options.level, [Number.NEGATIVE_INFINITY, 1]) };
  }
  const interval = percentileInterval(resampled(rows, state.spread.mean, options), options.level, value);
  return interval === undefined ? { value } : { value, interval, intervalMethod: 'bootstrap' };
}

/** Row i's influence: w_i (−e_i² / T + E (y_i − ȳ)² / T²), with E and T the sums of squares of errors and about the mean. */
function standardErrorOf(rows: readonly KeptRow[], mean: number, errors: number, total: number): number {
  let sum = 0;
  for (const { actual, predicted, weight } of rows) {
    const [error, deviation] = [actual - predicted, actual - mean];
    sum += (weight * ((errors * deviation * deviation) / total - error * error)) ** 2 / (total * total);
  }
  return Math.sqrt((sum * rows.length) / (rows.length - 1));
}

function resampled(rows: readonly KeptRow[], mean: number, { draws, seed }: IntervalOptions): number[] {
  const random = seededRandom(seed);
  const counts = new Float64Array(rows.length);
  const once = new Float64Array(rows.length).fill(1);
  return Array.from({ length: draws }, () => {
    drawMultinomial(rows.length, once, random, counts);
    let [w, wx, wxx, errors] = [0, 0, 0, 0];
    rows.forEach(({ actual, predicted, weight }, i) => {
      // About the mean of all rows, so that little is lost where squares are subtracted.
      const [times, deviation] = [weight * (counts[i] as number), actual - mean];
      w += times;
      wx += times * deviation;
      wxx += times * deviation * deviation;
      errors += times * (actual - predicted) ** 2;
    });
    return 1 - errors / (wxx - (wx * wx) / w);
  });
}
