import type { Curve, IntervalOptions } from '../evaluation.ts';
import { meanMetric, skewedMean } from '../mean-metric.ts';
import type { MeanSums } from '../mean-sums.ts';
import { type Metric, type Metrics, noMetric } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';
import { type QuantileRows, rounded } from './quantile-rows.ts';

const ALL_NUMBERS = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/**
 * Of each predicted quantile `pinballLoss:0.1` (Koenker and Bassett 1978) and `quantileCoverage:0.1`, the share of rows at or below it,
 * which should be 0.1; of each two with equal tails `intervalCoverage:0.8`, `intervalWidth:0.8` and `intervalScore:0.8`; over all of
 * them `meanPinballLoss` (of many even quantiles, twice it is about the continuous ranked probability score) and `quantileCrossing`,
 * the share of rows in which they are in the wrong order. Nothing where rows have no quantiles.
 */
export function quantileMetrics(rows: QuantileRows, options: IntervalOptions): Metrics {
  const shares = [...rows.quantiles.keys()].sort((a, b) => a - b);
  if (shares.length === 0) return {};
  const quantiles = shares.flatMap((share): [string, Metric][] => {
    const means = rows.quantiles.get(share);
    if (means === undefined) return [];
    return [
      [`pinballLoss:${share}`, skewedMean(means.loss, options)],
      [`quantileCoverage:${share}`, shareMetric(means.below, options)],
    ];
  });
  const tails = [...rows.intervals].sort(([a], [b]) => b - a);
  const intervals = tails.flatMap(([tail, { inside, width, score }]): [string, Metric][] => {
    const coverage = rounded(1 - 2 * tail);
    return [
      [`intervalCoverage:${coverage}`, shareMetric(inside, options)],
      [`intervalWidth:${coverage}`, meanMetric(width, options, ALL_NUMBERS)],
      [`intervalScore:${coverage}`, skewedMean(score, options)],
    ];
  });
  const losses = shares.map((share) => rows.quantiles.get(share)?.loss.mean as number);
  return {
    meanPinballLoss: { value: losses.reduce((sum, loss) => sum + loss, 0) / losses.length },
    quantileCrossing:
      rows.crossed.rows === 0 ? noMetric('no row has two quantiles or more') : shareMetric(rows.crossed, options),
    ...Object.fromEntries([...quantiles, ...intervals]),
  };
}

function shareMetric(sums: MeanSums, { method, level }: IntervalOptions): Metric {
  const value = sums.mean;
  if (method === 'none') return { value };
  return { value, interval: shareInterval(value, sums.effectiveRows, level), intervalMethod: 'wilson' };
}

/** How often actual numbers are at or below each quantile, against how often they should. */
export function quantileCurve(rows: QuantileRows, { level }: IntervalOptions): Curve | undefined {
  const shares = [...rows.quantiles.keys()].sort((a, b) => a - b);
  if (shares.length < 2) return undefined;
  const sums = shares.map((share) => rows.quantiles.get(share)?.below as MeanSums);
  const y = sums.map(({ mean }) => mean);
  const edges = sums.map(({ mean, effectiveRows }) => shareInterval(mean, effectiveRows, level));
  return {
    title: 'Calibration of the quantiles',
    xLabel: 'Predicted share at or below',
    yLabel: 'Actual share at or below',
    lines: [
      { name: 'model', x: shares, y, band: { lower: edges.map(([low]) => low), upper: edges.map(([, high]) => high) } },
      { name: 'perfect', x: [0, 1], y: [0, 1], isReference: true },
    ],
  };
}
