import type { IntervalOptions } from './evaluation.ts';
import type { MeanSums } from './mean-sums.ts';
import type { Metric } from './metric.ts';
import { logInterval, normalInterval } from './normal-interval.ts';

/** A mean over rows with its normal interval. */
export function meanMetric(
  sums: MeanSums,
  { method, level }: IntervalOptions,
  range: readonly [number, number],
): Metric {
  const value = sums.mean;
  const interval = method === 'none' ? undefined : normalInterval(value, sums.standardError, level, range);
  return interval === undefined ? { value } : { value, interval, intervalMethod: 'normal' };
}

/** A mean above 0 of values that lean far to the right, such as squares, with its interval on the scale of the logarithm. */
export function skewedMean(sums: MeanSums, { method, level }: IntervalOptions): Metric {
  const value = sums.mean;
  const interval = method === 'none' ? undefined : logInterval(value, sums.standardError, level);
  return interval === undefined ? { value } : { value, interval, intervalMethod: 'delta' };
}
