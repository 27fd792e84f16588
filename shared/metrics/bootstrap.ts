import { normalCdf, normalQuantile } from '../core/distributions.ts';
import { drawMultinomial } from '../core/draw-binomial.ts';
import { type SeededRandom, seededRandom } from '../core/seeded-random.ts';
import type { IntervalOptions } from './evaluation.ts';
import type { Interval } from './metric.ts';
import type { WeightCells } from './weight-cells.ts';

/** Below this share of draws with a figure, there is no interval. */
const LEAST_SHARE_OF_DRAWS = 0.9;

/**
 * Bias-corrected percentile interval of what was drawn (Efron and Tibshirani 1993, section 14.3, without acceleration): the ranks
 * that are read are moved by how many draws fall below `value`, the figure itself; without it they stay where they are, which
 * is right for means and where the caller takes the bias off otherwise. Draws in
 * which the figure does not exist are left out; undefined where those are more than a tenth, or where all draws are equal or on one
 * side of the figure, which says nothing of the uncertainty.
 */
export function percentileInterval(drawn: readonly number[], level: number, value?: number): Interval | undefined {
  const finite = Float64Array.from(drawn.filter(Number.isFinite)).sort();
  if (finite.length < LEAST_SHARE_OF_DRAWS * drawn.length || finite.length < 2) return undefined;
  if (finite[0] === finite[finite.length - 1]) return undefined;
  const shift = value === undefined ? 0 : normalQuantile(shareBelow(finite, value));
  if (!Number.isFinite(shift)) return undefined;
  const z = normalQuantile(0.5 + level / 2);
  return [quantileOf(finite, normalCdf(2 * shift - z)), quantileOf(finite, normalCdf(2 * shift + z))];
}

/** Share of sorted values below this one, of those equal to it (but for rounding) the half. */
function shareBelow(sorted: Float64Array, value: number): number {
  const near = 1e-12 * Math.max(1, Math.abs(value));
  let [below, equal] = [0, 0];
  for (const each of sorted) {
    if (each < value - near) below += 1;
    else if (each <= value + near) equal += 1;
  }
  return (below + equal / 2) / sorted.length;
}

/** Of sorted values, interpolated linearly (type 7 of Hyndman and Fan 1996). */
export function quantileOf(sorted: Float64Array, share: number): number {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const [low, high] = [sorted[below] as number, sorted[Math.min(below + 1, sorted.length - 1)] as number];
  return low + (rank - below) * (high - low);
}

/** Rows that were counted together: how many, their mean weight and the standard deviation of it. */
export interface CountedRows {
  readonly rows: number;
  readonly mean: number;
  readonly deviation: number;
}

export function countedRows(cells: WeightCells): CountedRows[] {
  return Array.from({ length: cells.length }, (_, cell) => {
    const rows = cells.rows(cell);
    const mean = rows === 0 ? 0 : cells.weight(cell) / rows;
    const variance = rows === 0 || !cells.isWeighted ? 0 : cells.squares(cell) / rows - mean * mean;
    return { rows, mean, deviation: Math.sqrt(Math.max(0, variance)) };
  });
}

/** Rows of which only the sums of weights and of their squares are known: Kish's effective number of equal ones. */
export function effectiveRows(weight: number, squares: number): CountedRows {
  if (weight === 0) return { rows: 0, mean: 0, deviation: 0 };
  const rows = Math.max(1, Math.round((weight * weight) / squares));
  return { rows, mean: weight / rows, deviation: 0 };
}

/**
 * Resamples rows that were counted in cells, which is the bootstrap itself, as nothing but their cells matters; gives the weight of
 * each cell, in an array used again. Weighted rows of a cell are drawn as a normal sum of the cell's mean and variance of weights.
 */
export function cellResampler(cells: readonly CountedRows[], seed: number): () => Float64Array {
  const random = seededRandom(seed);
  const rows = Float64Array.from(cells, (cell) => cell.rows);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const [counts, drawn] = [new Float64Array(cells.length), new Float64Array(cells.length)];
  return () => {
    drawMultinomial(total, rows, random, counts);
    for (let i = 0; i < cells.length; i++) drawn[i] = weightOf(counts[i] as number, cells[i] as CountedRows, random);
    return drawn;
  };
}

function weightOf(count: number, { mean, deviation }: CountedRows, random: SeededRandom): number {
  if (deviation === 0) return count * mean;
  return Math.max(0, count * mean + deviation * Math.sqrt(count) * random.normal());
}

/** Intervals of several figures of the same cells, from the same draws. */
export function bootstrapCells(
  cells: readonly CountedRows[],
  figures: (drawn: Float64Array) => readonly number[],
  { draws, level, seed }: IntervalOptions,
): (Interval | undefined)[] {
  const values = [...figures(Float64Array.from(cells, ({ rows, mean }) => rows * mean))];
  const resample = cellResampler(cells, seed);
  const found = Array.from({ length: draws }, () => figures(resample()));
  return values.map((value, figure) => {
    const drawn = found.map((each) => each[figure] as number);
    return percentileInterval(drawn, level, value);
  });
}
