import type { SavedState } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';

const FIRST_CAPACITY = 8;

/** Weights of rows by numbered true class and numbered predicted class; grows as classes come. */
export class ConfusionMatrix {
  #capacity = FIRST_CAPACITY;
  #cells = new WeightCells(FIRST_CAPACITY * FIRST_CAPACITY);

  static restore(saved: SavedState['arrays']): ConfusionMatrix {
    const matrix = new ConfusionMatrix();
    matrix.#cells = WeightCells.restore(saved);
    matrix.#capacity = Math.round(Math.sqrt(matrix.#cells.length));
    return matrix;
  }

  get isWeighted(): boolean {
    return this.#cells.isWeighted;
  }

  add(truth: number, predicted: number, weight: number): void {
    if (truth >= this.#capacity || predicted >= this.#capacity) this.#grow(Math.max(truth, predicted) + 1);
    this.#cells.add(truth * this.#capacity + predicted, weight);
  }

  /** Adds another's cells, its class i being this one's `toOwn[i]`. */
  merge(other: ConfusionMatrix, toOwn: readonly number[]): void {
    const most = Math.max(-1, ...toOwn);
    if (most >= this.#capacity) this.#grow(most + 1);
    toOwn.forEach((truth, i) => {
      toOwn.forEach((predicted, j) => {
        const from = i * other.#capacity + j;
        if (other.#cells.rows(from) > 0) this.#cells.addCell(truth * this.#capacity + predicted, other.#cells, from);
      });
    });
  }

  /** The cells of these classes in this order, class by class. */
  cells(order: readonly number[]): WeightCells {
    const picked = new WeightCells(order.length * order.length);
    order.forEach((truth, i) => {
      order.forEach((predicted, j) => {
        const from = truth * this.#capacity + predicted;
        if (from < this.#cells.length && predicted < this.#capacity && this.#cells.rows(from) > 0) {
          picked.addCell(i * order.length + j, this.#cells, from);
        }
      });
    });
    return picked;
  }

  save(): SavedState['arrays'] {
    return this.#cells.save();
  }

  #grow(least: number): void {
    const capacity = Math.max(least, 2 * this.#capacity);
    const larger = new WeightCells(capacity * capacity);
    for (let from = 0; from < this.#cells.length; from++) {
      if (this.#cells.rows(from) === 0) continue;
      larger.addCell(Math.floor(from / this.#capacity) * capacity + (from % this.#capacity), this.#cells, from);
    }
    [this.#capacity, this.#cells] = [capacity, larger];
  }
}
