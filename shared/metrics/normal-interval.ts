import { normalQuantile } from '../core/distributions.ts';
import type { Interval, Metric } from './metric.ts';

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

/** Normal on the scale of the logarithm (delta method), for means above 0 that lean far to the right; undefined where there is none. */
export function logInterval(value: number, standardError: number, level: number): Interval | undefined {
  if (!(standardError > 0 && value > 0)) return undefined;
  const factor = Math.exp((normalQuantile(0.5 + level / 2) * standardError) / value);
  return Number.isFinite(value * factor) ? [value / factor, value * factor] : undefined;
}

/**
 * Standard errors of functions of cells' weights, by the delta method. A figure must not change when all weights are scaled alike;
 * then Σ g_c W_c = 0 (Euler) and the variance is Σ g_c² S_c, with S_c the cell's sum of squared weights. Gradients by central
 * differences.
 */
export function deltaStandardErrors(
  weights: ArrayLike<number>,
  squares: ArrayLike<number>,
  figures: (weights: Float64Array) => readonly number[],
): number[] {
  const moved = Float64Array.from(weights);
  const step = moved.reduce((sum, weight) => sum + weight, 0) * 1e-5;
  const variances = figures(moved).map(() => 0);
  for (let cell = 0; cell < moved.length; cell++) {
    if (squares[cell] === 0) continue;
    const weight = moved[cell] as number;
    moved[cell] = weight + step;
    const up = figures(moved);
    moved[cell] = weight - step;
    const down = figures(moved);
    moved[cell] = weight;
    up.forEach((value, i) => {
      const slope = (value - (down[i] as number)) / (2 * step);
      variances[i] = (variances[i] as number) + slope * slope * (squares[cell] as number);
    });
  }
  return variances.map(Math.sqrt);
}

/** What a metric says of its interval by the delta method; nothing where the standard error is 0, which says nothing of it. */
export function deltaInterval(
  value: number,
  standardError: number,
  level: number,
  range: Interval,
): Pick<Metric, 'interval' | 'intervalMethod'> {
  const interval = standardError > 0 ? normalInterval(value, standardError, level, range) : undefined;
  return interval === undefined ? {} : { interval, intervalMethod: 'delta' };
}
