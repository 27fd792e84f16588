import type { SavedState } from './task.ts';

/** Added and taken away again, they round to multiples of 2^-20 and of 2^-60. */
const COARSE_ROUNDER = 1.5 * 2 ** 32;
const FINE_ROUNDER = 1.5 * 2 ** -8;
/** What a row may weigh at most. */
export const MAX_WEIGHT = 2 ** 20;

/**
 * Rows and their weights in numbered cells: of a confusion matrix, of a histogram. Rows of weight 1 cost one count; other weights
 * and their squares are taken to a multiple of 2^-60 and summed in two parts, exactly while a cell's total is below 2^33 (and its
 * weights below 2^15, for the squares), so that no sum depends on the order of rows; beyond that they are sums of doubles.
 */
export class WeightCells {
  #counts: Float64Array;
  #weighted: Weighted | undefined;

  constructor(cells: number) {
    this.#counts = new Float64Array(cells);
  }

  static restore(saved: SavedState['arrays']): WeightCells {
    const counts = saved['counts'] as Float64Array;
    const cells = new WeightCells(0);
    cells.#counts = counts;
    if (saved['coarse'] !== undefined) {
      cells.#weighted = {
        counts: saved['weightedCounts'] as Float64Array,
        weights: { coarse: saved['coarse'] as Float64Array, fine: saved['fine'] as Float64Array },
        squares: { coarse: saved['coarseSquares'] as Float64Array, fine: saved['fineSquares'] as Float64Array },
      };
    }
    return cells;
  }

  get length(): number {
    return this.#counts.length;
  }

  get isWeighted(): boolean {
    return this.#weighted !== undefined;
  }

  add(cell: number, weight: number): void {
    if (weight === 1) this.#counts[cell] = (this.#counts[cell] as number) + 1;
    else this.#addWeighted(cell, weight);
  }

  #addWeighted(cell: number, weight: number): void {
    this.#weighted ??= newWeighted(this.length);
    const { counts, weights, squares } = this.#weighted;
    counts[cell] = (counts[cell] as number) + 1;
    addTo(weights, cell, weight);
    addTo(squares, cell, weight * weight);
  }

  /** Adds another's cell `from` to this one's cell `to`. */
  addCell(to: number, other: WeightCells, from: number): void {
    this.#counts[to] = (this.#counts[to] as number) + (other.#counts[from] as number);
    if (other.#weighted === undefined) return;
    this.#weighted ??= newWeighted(this.length);
    const { counts, weights, squares } = other.#weighted;
    this.#weighted.counts[to] = (this.#weighted.counts[to] as number) + (counts[from] as number);
    for (const part of PARTS) {
      addTo(this.#weighted.weights, to, weights[part][from] as number);
      addTo(this.#weighted.squares, to, squares[part][from] as number);
    }
  }

  merge(other: WeightCells): void {
    for (let cell = 0; cell < other.length; cell++) if (other.rows(cell) > 0) this.addCell(cell, other, cell);
  }

  /** How many rows there are. */
  rows(cell: number): number {
    return (this.#counts[cell] as number) + (this.#weighted?.counts[cell] ?? 0);
  }

  /** The sum of their weights. */
  weight(cell: number): number {
    const unit = this.#counts[cell] as number;
    const weighted = this.#weighted;
    return weighted === undefined ? unit : unit + sumAt(weighted.weights, cell);
  }

  /** The sum of the squares of their weights. */
  squares(cell: number): number {
    const weighted = this.#weighted;
    return (this.#counts[cell] as number) + (weighted === undefined ? 0 : sumAt(weighted.squares, cell));
  }

  /** What `save` gives, of the cells with rows alone, and their numbers in `used`. */
  saveUsed(): SavedState['arrays'] {
    const used: number[] = [];
    for (let cell = 0; cell < this.length; cell++) if (this.rows(cell) > 0) used.push(cell);
    const compact = new WeightCells(used.length);
    used.forEach((from, to) => {
      compact.addCell(to, this, from);
    });
    return { used: Uint32Array.from(used), ...compact.save() };
  }

  /** Adds what `saveUsed` gave. */
  addUsed(saved: SavedState['arrays']): void {
    const compact = WeightCells.restore(saved);
    (saved['used'] as Uint32Array).forEach((to, from) => {
      this.addCell(to, compact, from);
    });
  }

  save(): SavedState['arrays'] {
    const weighted = this.#weighted;
    if (weighted === undefined) return { counts: this.#counts };
    const { counts: weightedCounts, weights, squares } = weighted;
    return {
      counts: this.#counts,
      weightedCounts,
      coarse: weights.coarse,
      fine: weights.fine,
      coarseSquares: squares.coarse,
      fineSquares: squares.fine,
    };
  }
}

/** A sum of each cell: a multiple of 2^-20, and what is left of it. */
interface TwoPartSums {
  readonly coarse: Float64Array;
  readonly fine: Float64Array;
}

const PARTS = ['coarse', 'fine'] as const;

interface Weighted {
  readonly counts: Float64Array;
  readonly weights: TwoPartSums;
  readonly squares: TwoPartSums;
}

function newWeighted(cells: number): Weighted {
  const newSums = () => ({ coarse: new Float64Array(cells), fine: new Float64Array(cells) });
  return { counts: new Float64Array(cells), weights: newSums(), squares: newSums() };
}

function addTo({ coarse, fine }: TwoPartSums, cell: number, value: number): void {
  const high = value + COARSE_ROUNDER - COARSE_ROUNDER;
  const low = (fine[cell] as number) + (value - high + FINE_ROUNDER - FINE_ROUNDER);
  const carried = low + COARSE_ROUNDER - COARSE_ROUNDER;
  coarse[cell] = (coarse[cell] as number) + (high + carried);
  fine[cell] = low - carried;
}

function sumAt({ coarse, fine }: TwoPartSums, cell: number): number {
  return (coarse[cell] as number) + (fine[cell] as number);
}
