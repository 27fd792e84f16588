import { ReproducibleSum } from '../../core/reproducible-sum.ts';
import type { Curve, Table } from '../evaluation.ts';
import { shareInterval } from '../share-interval.ts';
import type { Json, SavedState } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';

/** A bin that holds rows: its mean score and the share of its rows that are positive. */
interface FilledBin {
  readonly bin: number;
  readonly rows: number;
  readonly weight: number;
  readonly meanScore: number;
  readonly positiveShare: number;
  /** Kish's effective number of rows. */
  readonly trials: number;
}

/**
 * Scores from 0 to 1 in bins of equal width, (lower, upper] as in scikit-learn's `calibration_curve`; 0 is in the first. Cell 2b
 * holds the negatives of bin b, cell 2b + 1 its positives.
 */
export class CalibrationBins {
  readonly #edges: Float64Array;
  readonly #cells: WeightCells;
  readonly #scoreSums: readonly ReproducibleSum[];

  constructor(bins: number, saved?: { readonly arrays: SavedState['arrays']; readonly sums: Json }) {
    this.#edges = Float64Array.from({ length: bins + 1 }, (_, i) => i * (1 / bins));
    this.#cells = saved === undefined ? new WeightCells(2 * bins) : WeightCells.restore(saved.arrays);
    const sums = (saved?.sums ?? []) as unknown as readonly (readonly number[])[];
    this.#scoreSums = Array.from({ length: bins }, (_, i) => new ReproducibleSum(sums[i]));
  }

  add(isPositive: boolean, score: number, weight: number): void {
    const bin = this.#binOf(score);
    this.#cells.add(isPositive ? 2 * bin + 1 : 2 * bin, weight);
    (this.#scoreSums[bin] as ReproducibleSum).add(weight === 1 ? score : weight * score);
  }

  merge(other: CalibrationBins): void {
    this.#cells.merge(other.#cells);
    this.#scoreSums.forEach((sum, bin) => {
      sum.merge(other.#scoreSums[bin] as ReproducibleSum);
    });
  }

  /**
   * Σ_b (weight of b) / (all weight) × |share of positives − mean score| (Naeini, Cooper and Hauskrecht 2015). It has
   * no interval: chance adds to every gap, so that resampling is far from its level; the curve's bands tell what is certain.
   */
  get expectedError(): number {
    const filled = this.#filled();
    const total = filled.reduce((sum, { weight }) => sum + weight, 0);
    const gap = (sum: number, bin: FilledBin) => sum + bin.weight * Math.abs(bin.positiveShare - bin.meanScore);
    return filled.reduce(gap, 0) / total;
  }

  curve(level: number): Curve {
    const filled = this.#filled();
    const bands = filled.map(({ positiveShare, trials }) => shareInterval(positiveShare, trials, level));
    const line = {
      name: 'model',
      x: filled.map(({ meanScore }) => meanScore),
      y: filled.map(({ positiveShare }) => positiveShare),
      band: { lower: bands.map(([lower]) => lower), upper: bands.map(([, upper]) => upper) },
    };
    const perfect = { name: 'perfect calibration', x: [0, 1], y: [0, 1], isReference: true };
    return { title: 'Calibration', xLabel: 'Mean score', yLabel: 'Share of positives', lines: [line, perfect] };
  }

  table(): Table {
    const columns = ['from', 'to', 'rows', 'meanScore', 'positiveShare'];
    const rows = this.#filled().map((filled) => {
      const [from, to] = [this.#edges[filled.bin] as number, this.#edges[filled.bin + 1] as number];
      return [from, to, filled.rows, filled.meanScore, filled.positiveShare];
    });
    return { title: 'Calibration by score', columns, rows };
  }

  save(): { readonly arrays: SavedState['arrays']; readonly sums: Json } {
    return { arrays: this.#cells.save(), sums: this.#scoreSums.map((sum) => sum.save()) };
  }

  #binOf(score: number): number {
    const bins = this.#scoreSums.length;
    let bin = Math.min(bins - 1, Math.max(0, Math.ceil(score * bins) - 1));
    // The product is rounded: the edges themselves decide.
    if (bin > 0 && score <= (this.#edges[bin] as number)) bin -= 1;
    else if (bin < bins - 1 && score > (this.#edges[bin + 1] as number)) bin += 1;
    return bin;
  }

  #filled(): FilledBin[] {
    const cells = this.#cells;
    return this.#scoreSums.flatMap((sum, bin) => {
      const [n, p] = [2 * bin, 2 * bin + 1];
      const weight = cells.weight(n) + cells.weight(p);
      if (weight === 0) return [];
      const trials = (weight * weight) / (cells.squares(n) + cells.squares(p));
      const rows = cells.rows(n) + cells.rows(p);
      return [{ bin, rows, weight, meanScore: sum.value / weight, positiveShare: cells.weight(p) / weight, trials }];
    });
  }
}
