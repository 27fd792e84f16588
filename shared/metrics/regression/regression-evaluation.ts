import { normalQuantile } from '../../core/distributions.ts';
import type { Curve, Evaluation, IntervalOptions } from '../evaluation.ts';
import { meanMetric, skewedMean } from '../mean-metric.ts';
import { type Metric, type Metrics, metricOf, noMetric } from '../metric.ts';
import { determinationMetric } from './determination.ts';
import { quantileCurve, quantileMetrics } from './quantile-metrics.ts';
import type { KeptRow } from './regression-rows.ts';
import type { MeanName, RegressionState } from './regression-state.ts';

const NO_ROWS = 'there are no rows';
/** Points of the line of predicted against actual. */
const MOST_GROUPS = 20;

export function evaluateRegression(state: RegressionState, intervals: IntervalOptions): Evaluation {
  const rows = state.kept.rows();
  const metrics: Metrics = {
    count: { value: state.rows },
    mse: meanSquare(state, intervals),
    rmse: rootOf(meanSquare(state, intervals)),
    mae: mean(state, 'absoluteError', intervals),
    medianAbsoluteError: medianMetric(state, intervals),
    mape: percentage(state, intervals),
    r2: determinationMetric(state, rows, intervals),
    pinballLoss: mean(state, 'pinballLoss', intervals),
    meanError: mean(state, 'error', intervals),
    maxError: metricOf(state.means.error.rows > 0 ? state.maxError : Number.NaN, NO_ROWS),
    ...quantileMetrics(state.quantiles, intervals),
  };
  const calibration = quantileCurve(state.quantiles, intervals);
  const curves = {
    ...(rows.length > 1 ? { predictedActual: predictedActual(rows) } : {}),
    ...(calibration ? { quantiles: calibration } : {}),
  };
  return { metrics, curves, warnings: warningsOf(state) };
}

/** Weighted means, as by scikit-learn; `meanError` is of actual − predicted. */
function mean({ means }: RegressionState, name: MeanName, intervals: IntervalOptions): Metric {
  if (means[name].rows === 0) return noMetric(NO_ROWS);
  return meanMetric(means[name], intervals, name === 'error' ? ALL_NUMBERS : [0, Number.POSITIVE_INFINITY]);
}

function meanSquare({ means }: RegressionState, intervals: IntervalOptions): Metric {
  return means.squaredError.rows === 0 ? noMetric(NO_ROWS) : skewedMean(means.squaredError, intervals);
}

const ALL_NUMBERS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

function rootOf(mse: Metric): Metric {
  if (mse.value === null) return mse;
  const { interval } = mse;
  const root = { ...mse, value: Math.sqrt(mse.value) };
  return interval === undefined ? root : { ...root, interval: [Math.sqrt(interval[0]), Math.sqrt(interval[1])] };
}

/** |error| / |actual|, a share and no per cent, as by scikit-learn; null where an actual is 0 (scikit-learn divides by 2e-16 there). */
function percentage(state: RegressionState, intervals: IntervalOptions): Metric {
  if (state.zeroRows > 0) return noMetric(`${state.zeroRows} rows have an actual of 0 or next to it`);
  return mean(state, 'percentageError', intervals);
}

/**
 * Its interval lies between order statistics: the quantiles whose shares are z standard errors of a share of one half away from it
 * (Conover 1999, section 3.2), which supposes nothing of how errors are distributed.
 */
function medianMetric({ kept, means }: RegressionState, { method, level }: IntervalOptions): Metric {
  const rows = means.error.rows;
  if (rows === 0) return noMetric(NO_ROWS);
  const apart = normalQuantile(0.5 + level / 2) / (2 * Math.sqrt(means.error.effectiveRows));
  const [low, median, high] = kept.errorQuantiles([0.5 - apart, 0.5, 0.5 + apart]) as [Edge, Edge, Edge];
  const bound = kept.isExact ? {} : { errorBound: median.errorBound };
  if (method === 'none' || apart >= 0.5) return { value: median.value, ...bound };
  return { value: median.value, interval: [low.value, high.value], intervalMethod: 'order-statistics', ...bound };
}

interface Edge {
  readonly value: number;
  readonly errorBound: number;
}

/** Mean actual against mean predicted of twenty groups of equally many rows, by what was predicted. */
function predictedActual(rows: readonly KeptRow[]): Curve {
  const sorted = rows.toSorted((a, b) => a.predicted - b.predicted || a.actual - b.actual);
  const groups = Math.min(MOST_GROUPS, sorted.length);
  const [x, y]: [number[], number[]] = [[], []];
  for (let group = 0; group < groups; group++) {
    const from = Math.floor((group * sorted.length) / groups);
    const part = sorted.slice(from, Math.floor(((group + 1) * sorted.length) / groups));
    const weight = part.reduce((sum, row) => sum + row.weight, 0);
    x.push(part.reduce((sum, row) => sum + row.weight * row.predicted, 0) / weight);
    y.push(part.reduce((sum, row) => sum + row.weight * row.actual, 0) / weight);
  }
  const ends = [Math.min(...x, ...y), Math.max(...x, ...y)];
  return {
    title: 'Predicted against actual',
    xLabel: 'Mean predicted',
    yLabel: 'Mean actual',
    lines: [
      { name: 'model', x, y },
      { name: 'perfect', x: ends, y: ends, isReference: true },
    ],
  };
}

function warningsOf({ rows, kept, quantiles }: RegressionState): string[] {
  if (rows === 0) return ['There are no rows.'];
  const warnings: string[] = [];
  if (!kept.isExact)
    warnings.push('There are more rows than are kept: the median comes from a histogram, within errorBound.');
  if (quantiles.isCut) warnings.push('There are more than 99 different quantiles: some are left out.');
  if (quantiles.crossed.mean > 0)
    warnings.push(
      'In some rows a quantile is below one of a smaller share (quantileCrossing): they can’t both be right.',
    );
  return warnings;
}
