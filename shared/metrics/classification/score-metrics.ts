import { normalQuantile } from '../../core/distributions.ts';
import { bootstrapCells, type CountedRows, effectiveRows } from '../bootstrap.ts';
import type { IntervalOptions } from '../evaluation.ts';
import { type Interval, type Metric, type Metrics, metricOf } from '../metric.ts';
import { deltaStandardErrors } from '../normal-interval.ts';
import type { StateSize } from '../task.ts';
import type { BinaryScores } from './binary-scores.ts';
import type { BinaryState } from './binary-state.ts';
import { bestThresholds, type OperatingPoint } from './operating-point.ts';
import { averagePrecision } from './precision-recall.ts';
import { rocArea, rocInterval, rocStandardError, type ScoreTotals } from './roc.ts';

/** Groups of scores that are resampled for an interval of average precision. */
const RESAMPLED_GROUPS: Readonly<Record<StateSize, number>> = { whole: 500, slice: 60 };

/** Figures along the scores: areas under the curves and the best thresholds. */
export function scoreMetrics(
  { scores, settings, size, rows }: Pick<BinaryState, 'scores' | 'settings' | 'size' | 'rows'>,
  totals: ScoreTotals,
  intervals: IntervalOptions,
): Metrics {
  const { positives, negatives } = totals;
  const noRows = rows === 0 || positives + negatives === 0 ? 'there are no rows' : undefined;
  const { cheapest, bestF1 } = bestThresholds(scores, totals, settings);
  const noCost = noRows ?? 'no threshold costs less than predicting no row 1';
  const noF1 = noRows ?? 'no row is labelled 1';
  return {
    rocAuc: rocAucMetric(scores, totals, intervals),
    averagePrecision: averagePrecisionMetric(scores, totals, size, intervals),
    cheapestThreshold: thresholdMetric(noRows === undefined ? cheapest : undefined, noCost),
    cheapestCostPerRow: metricOf(noRows === undefined ? cheapest.value : Number.NaN, noCost),
    bestF1Threshold: thresholdMetric(positives > 0 ? bestF1 : undefined, noF1),
    bestF1: metricOf(positives > 0 ? bestF1.value : Number.NaN, noF1),
  };
}

function thresholdMetric(point: OperatingPoint | undefined, reason: string): Metric {
  return metricOf(point?.threshold ?? Number.NaN, reason);
}

/** Null with one class alone. */
export function rocAucMetric(scores: BinaryScores, totals: ScoreTotals, { method, level }: IntervalOptions): Metric {
  const { positives, negatives } = totals;
  const reason = positives === 0 ? 'no row is labelled 1' : 'no row is labelled 0';
  if (positives === 0 || negatives === 0) return { value: null, reason };
  const found = rocArea(scores, totals);
  const { area } = found;
  const bound = scores.isExact ? {} : { errorBound: found.errorBound };
  if (method === 'none') return { value: area, ...bound };
  const standardError = rocStandardError(scores, totals, found);
  return {
    value: area,
    ...rocInterval({ area, standardError }, Math.min(scores.positiveRows, scores.negativeRows), level),
    ...bound,
  };
}

/** Null without positives. */
export function averagePrecisionMetric(
  scores: BinaryScores,
  totals: ScoreTotals,
  size: StateSize,
  intervals: IntervalOptions,
): Metric {
  if (totals.positives === 0) return { value: null, reason: 'no row is labelled 1' };
  const { value, errorBound } = averagePrecision(scores, totals);
  const bound = scores.isExact ? {} : { errorBound };
  if (intervals.method === 'none') return { value, ...bound };
  const cells = groupedRows(scores, totals, RESAMPLED_GROUPS[size]);
  if (intervals.method === 'analytic') return { value, ...logitInterval(value, cells, intervals.level), ...bound };
  const interval = resampledInterval(cells, value, intervals);
  return { value, ...(interval === undefined ? {} : { interval, intervalMethod: 'bootstrap' }), ...bound };
}

/** By the delta method over groups of scores, on the scale of the logit, which keeps it within 0 and 1. */
function logitInterval(
  value: number,
  cells: readonly CountedRows[],
  level: number,
): Pick<Metric, 'interval' | 'intervalMethod'> {
  if (value <= 0 || value >= 1) return {};
  const weights = cells.map(({ rows, mean }) => rows * mean);
  const squares = cells.map(({ rows, mean }) => rows * mean * mean);
  const [standardError] = deltaStandardErrors(weights, squares, (moved) => [averagePrecisionOf(moved)]);
  if (standardError === undefined || !(standardError > 0)) return {};
  const spread = (normalQuantile(0.5 + level / 2) * standardError) / (value * (1 - value));
  const centre = Math.log(value / (1 - value));
  const at = (x: number) => 1 / (1 + Math.exp(-x));
  return { interval: [at(centre - spread), at(centre + spread)], intervalMethod: 'delta' };
}

/**
 * Percentile bootstrap over groups of neighbouring scores: rows themselves while there are few distinct scores, else 500 groups of
 * about equally many rows, whose draws are moved by what grouping changes in the figure.
 */
function resampledInterval(
  cells: readonly CountedRows[],
  value: number,
  intervals: IntervalOptions,
): Interval | undefined {
  const grouped = averagePrecisionOf(Float64Array.from(cells, ({ rows, mean }) => rows * mean));
  const [interval] = bootstrapCells(cells, (drawn) => [averagePrecisionOf(drawn)], intervals);
  if (interval === undefined) return undefined;
  const moved = interval.map((edge) => Math.min(1, Math.max(0, edge + value - grouped)));
  return [moved[0] as number, moved[1] as number];
}

/** Positives and negatives of each group in turn, from the greatest scores down. */
export function groupedRows(
  scores: BinaryScores,
  { positives: P, negatives: N }: ScoreTotals,
  groups: number,
): CountedRows[] {
  const cells: CountedRows[] = [];
  let [p, n, pp, nn] = [0, 0, 0, 0];
  for (const { length, positives, negatives, positiveSquares, negativeSquares } of scores.groupsDown()) {
    for (let i = 0; i < length; i++) {
      p += positives[i] as number;
      n += negatives[i] as number;
      pp += positiveSquares[i] as number;
      nn += negativeSquares[i] as number;
      if (p / P + n / (N || 1) < 2 / groups) continue;
      cells.push(effectiveRows(p, pp), effectiveRows(n, nn));
      [p, n, pp, nn] = [0, 0, 0, 0];
    }
  }
  if (p + n > 0) cells.push(effectiveRows(p, pp), effectiveRows(n, nn));
  return cells;
}

function averagePrecisionOf(cells: Float64Array): number {
  let [truePositives, predicted, sum] = [0, 0, 0];
  for (let i = 0; i < cells.length; i += 2) {
    const positives = cells[i] as number;
    truePositives += positives;
    predicted += positives + (cells[i + 1] as number);
    if (positives > 0) sum += positives * (truePositives / predicted);
  }
  return sum / truePositives;
}
