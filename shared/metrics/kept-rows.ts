import { GrowingFloats } from '../core/growing-floats.ts';
import { seededRandom } from '../core/seeded-random.ts';
import { percentileInterval } from './bootstrap.ts';
import type { IntervalOptions } from './evaluation.ts';
import type { Interval } from './metric.ts';

/** Values of each row, kept for resampling as long as they are at most `mostRows`; with one more all are let go. */
export class KeptRows {
  readonly #columns: number;
  readonly #mostRows: number;
  #values: GrowingFloats | undefined;

  constructor(columns: number, mostRows: number, saved: Float64Array | null = new Float64Array(0)) {
    this.#columns = columns;
    this.#mostRows = mostRows;
    this.#values = saved === null ? undefined : new GrowingFloats(saved);
  }

  add(row: Float64Array): void {
    this.#values?.append(row);
    this.#bound();
  }

  merge(later: KeptRows): void {
    if (later.#values === undefined) this.#values = undefined;
    else this.#values?.append(later.#values.view());
    this.#bound();
  }

  /** Null where there were too many rows. */
  save(): Float64Array | null {
    return this.#values?.view() ?? null;
  }

  /**
   * Percentile interval of each column's mean, resampling whole rows (Efron and Tibshirani 1993, chapter 13); undefined where there
   * were too many rows. Rows are sorted first, so that their order plays no part.
   */
  meanIntervals({ level, seed, draws }: IntervalOptions): readonly (Interval | undefined)[] | undefined {
    if (this.#values === undefined) return undefined;
    const rows = this.#sortedRows();
    const columns = this.#columns;
    const means = Array.from({ length: columns }, () => new Array<number>(draws).fill(0));
    const random = seededRandom(seed);
    const sums = new Float64Array(columns);
    const count = rows.length / columns;
    for (let draw = 0; draw < draws; draw++) {
      sums.fill(0);
      for (let i = 0; i < count; i++) {
        const start = random.below(count) * columns;
        for (let column = 0; column < columns; column++) {
          sums[column] = (sums[column] as number) + (rows[start + column] as number);
        }
      }
      for (let column = 0; column < columns; column++)
        (means[column] as number[])[draw] = (sums[column] as number) / count;
    }
    return means.map((drawn) => percentileInterval(drawn, level));
  }

  #sortedRows(): Float64Array {
    const columns = this.#columns;
    const values = (this.#values as GrowingFloats).view();
    const order = Uint32Array.from({ length: values.length / columns }, (_, row) => row);
    order.sort((a, b) => {
      for (let column = 0; column < columns; column++) {
        const apart = (values[a * columns + column] as number) - (values[b * columns + column] as number);
        if (apart !== 0) return apart;
      }
      return 0;
    });
    const sorted = new Float64Array(values.length);
    order.forEach((row, at) => {
      sorted.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
    });
    return sorted;
  }

  #bound(): void {
    if (this.#values !== undefined && this.#values.length > this.#mostRows * this.#columns) this.#values = undefined;
  }
}
