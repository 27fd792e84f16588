import { ReproducibleSum, type SavedSum } from '../core/reproducible-sum.ts';

/** What `save` gives: sums for rows of weight 1, then for the others. */
export type SavedMean = readonly SavedSum[];

/**
 * A weighted mean and its standard error, from sums that do not depend on the order of rows:
 * mean = Σwx / Σw; its variance = Σw²(x − mean)² / (Σw)² · n / (n − 1), which for equal weights is s² / n.
 */
export class MeanSums {
  #rows = 0;
  readonly #x = new ReproducibleSum();
  readonly #xx = new WideSum();
  #weighted: WideSum[] | undefined;
  #otherRows = 0;

  static restore(rows: readonly [number, number], saved: SavedMean): MeanSums {
    const sums = new MeanSums();
    [sums.#rows, sums.#otherRows] = rows;
    sums.#x.merge(new ReproducibleSum(saved[0]));
    sums.#xx.merge(new WideSum(saved[1]));
    if (saved.length > 2) sums.#weighted = saved.slice(2).map((each) => new WideSum(each));
    return sums;
  }

  /** |value| × weight below 2^90. */
  add(value: number, weight: number): void {
    if (weight === 1) {
      this.#rows += 1;
      this.#x.add(value);
      this.#xx.add(value * value);
    } else if (weight > 0) this.#addWeighted(value, weight);
  }

  /** Adds values of weight 1. */
  addUnweighted(values: Float64Array): void {
    this.#rows += values.length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      this.#x.add(value);
      this.#xx.add(value * value);
    }
  }

  #addWeighted(value: number, weight: number): void {
    this.#otherRows += 1;
    this.#weighted ??= newSums();
    const [w, wx, ww, wwx, wwxx] = this.#weighted as [WideSum, WideSum, WideSum, WideSum, WideSum];
    w.add(weight);
    wx.add(weight * value);
    ww.add(weight * weight);
    wwx.add(weight * weight * value);
    wwxx.add(weight * weight * value * value);
  }

  merge(other: MeanSums): void {
    this.#rows += other.#rows;
    this.#otherRows += other.#otherRows;
    this.#x.merge(other.#x);
    this.#xx.merge(other.#xx);
    if (other.#weighted === undefined) return;
    this.#weighted ??= newSums();
    this.#weighted.forEach((sum, i) => {
      sum.merge((other.#weighted as WideSum[])[i] as WideSum);
    });
  }

  get rows(): number {
    return this.#rows + this.#otherRows;
  }

  get weight(): number {
    return this.#rows + (this.#weighted?.[0]?.value ?? 0);
  }

  /** Σwx. */
  get total(): number {
    return this.#x.value + (this.#weighted?.[1]?.value ?? 0);
  }

  /** NaN without rows. */
  get mean(): number {
    return this.total / this.weight;
  }

  /** Kish's effective number, (Σw)² / Σw². */
  get effectiveRows(): number {
    return this.weight ** 2 / (this.#rows + (this.#weighted?.[2]?.value ?? 0));
  }

  /** Of the mean; NaN with fewer than two rows. */
  get standardError(): number {
    const [w, ww] = [this.weight, this.#rows + (this.#weighted?.[2]?.value ?? 0)];
    const wwx = this.#x.value + (this.#weighted?.[3]?.value ?? 0);
    const wwxx = this.#xx.value + (this.#weighted?.[4]?.value ?? 0);
    const spread = wwxx - 2 * this.mean * wwx + this.mean * this.mean * ww;
    return Math.sqrt((Math.max(0, spread) / (w * w)) * (this.rows / (this.rows - 1)));
  }

  saveRows(): readonly [number, number] {
    return [this.#rows, this.#otherRows];
  }

  save(): SavedMean {
    return [this.#x, this.#xx, ...(this.#weighted ?? [])].map((sum) => sum.save());
  }
}

function newSums(): WideSum[] {
  return Array.from({ length: 5 }, () => new WideSum());
}

/** Addends from this on are summed apart, scaled down. */
const LARGE = 2 ** 80;
const SCALE = 2 ** 100;

/** A reproducible sum of addends up to 2^190, for squares of large numbers. */
class WideSum {
  readonly #small: ReproducibleSum;
  readonly #large: ReproducibleSum;

  constructor(saved: SavedSum = []) {
    const half = saved.length / 2;
    [this.#small, this.#large] = [new ReproducibleSum(saved.slice(0, half)), new ReproducibleSum(saved.slice(half))];
  }

  add(addend: number): void {
    if (addend < LARGE && addend > -LARGE) this.#small.add(addend);
    else this.#large.add(addend / SCALE);
  }

  merge(other: WideSum): void {
    this.#small.merge(other.#small);
    this.#large.merge(other.#large);
  }

  get value(): number {
    return this.#small.value + SCALE * this.#large.value;
  }

  save(): SavedSum {
    return [...this.#small.save(), ...this.#large.save()];
  }
}
