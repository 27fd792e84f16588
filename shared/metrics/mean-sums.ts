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
  readonly #xx = new ReproducibleSum();
  #weighted: ReproducibleSum[] | undefined;
  #otherRows = 0;

  static restore(rows: readonly [number, number], saved: SavedMean): MeanSums {
    const sums = new MeanSums();
    [sums.#rows, sums.#otherRows] = rows;
    sums.#x.merge(new ReproducibleSum(saved[0]));
    sums.#xx.merge(new ReproducibleSum(saved[1]));
    if (saved.length > 2) sums.#weighted = saved.slice(2).map((each) => new ReproducibleSum(each));
    return sums;
  }

  /** `value` below 2^45 in size, so that its square can be added. */
  add(value: number, weight: number): void {
    if (weight === 1) {
      this.#rows += 1;
      this.#x.add(value);
      this.#xx.add(value * value);
    } else if (weight > 0) this.#addWeighted(value, weight);
  }

  #addWeighted(value: number, weight: number): void {
    this.#otherRows += 1;
    this.#weighted ??= newSums();
    const [w, wx, ww, wwx, wwxx] = this.#weighted as [Sum, Sum, Sum, Sum, Sum];
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
      sum.merge((other.#weighted as ReproducibleSum[])[i] as ReproducibleSum);
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

type Sum = ReproducibleSum;

function newSums(): ReproducibleSum[] {
  return Array.from({ length: 5 }, () => new ReproducibleSum());
}
