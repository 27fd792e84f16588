import { normalQuantile } from '../core/distributions.ts';
import type { Interval } from './metric.ts';

/** value ± z × its standard error, within the range that the figure can have; undefined without a standard error. */
export function normalInterval(
  value: number,
  standardError: number,
  level: number,
  range: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Interval | undefined {
  if (!Number.isFinite(standardError)) return undefined;
  const spread = normalQuantile(0.5 + level / 2) * standardError;
  return [Math.max(range[0], value - spread), Math.min(range[1], value + spread)];
}

/**
 * Standard error of a function of cells' weights, by the delta method. `figure` must not change when all weights are scaled alike;
 * then Σ g_c W_c = 0 (Euler) and the variance is Σ g_c² S_c, with S_c the cell's sum of squared weights. Gradient by central
 * differences.
 */
export function deltaStandardError(
  weights: readonly number[],
  squares: readonly number[],
  figure: (weights: Float64Array) => number,
): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const step = total * 1e-5;
  const moved = Float64Array.from(weights);
  let variance = 0;
  weights.forEach((weight, cell) => {
    if (squares[cell] === 0) return;
    moved[cell] = weight + step;
    const up = figure(moved);
    moved[cell] = weight - step;
    const slope = (up - figure(moved)) / (2 * step);
    moved[cell] = weight;
    variance += slope * slope * (squares[cell] as number);
  });
  return Math.sqrt(variance);
}
