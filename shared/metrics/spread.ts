import { ReproducibleSum, type SavedSum } from '../core/reproducible-sum.ts';

/** Veltkamp's constant: parts a double into two halves of 26 bits. */
const SPLITTER = 2 ** 27 + 1;
/** Parts of a reproducible sum are whole multiples of 2^-80. */
const UNIT_BITS = 80;

/** Saved sums of weights, of weighted values and of weighted squares. */
export type SavedSpread = readonly SavedSum[];

/**
 * Σ w (x − mean)² in one pass, without what subtracting two large sums would lose: products are added with their rounding errors
 * (Dekker 1971), and the difference Σwx² − (Σwx)² / Σw is taken in whole numbers. Depends on the multiset of rows alone.
 */
export class Spread {
  readonly #w: ReproducibleSum;
  readonly #wx: ReproducibleSum;
  readonly #wxx: ReproducibleSum;

  constructor(saved: SavedSpread = []) {
    [this.#w, this.#wx, this.#wxx] = [0, 1, 2].map((i) => new ReproducibleSum(saved[i])) as [
      ReproducibleSum,
      ReproducibleSum,
      ReproducibleSum,
    ];
  }

  /** |value| at most 1e10; weight at most 2^20. */
  add(value: number, weight: number): void {
    this.#w.add(weight);
    const product = weight * value;
    const error = weight === 1 ? 0 : productError(weight, value, product);
    this.#wx.add(product);
    if (error !== 0) this.#wx.add(error);
    this.#addProduct(product, value);
    if (error !== 0) this.#addProduct(error, value);
  }

  merge(other: Spread): void {
    this.#w.merge(other.#w);
    this.#wx.merge(other.#wx);
    this.#wxx.merge(other.#wxx);
  }

  get mean(): number {
    return this.#wx.value / this.#w.value;
  }

  /** NaN without weight. */
  get sumOfSquares(): number {
    const [w, wx, wxx] = [this.#w, this.#wx, this.#wxx].map(inUnits) as [bigint, bigint, bigint];
    if (w === 0n) return Number.NaN;
    // (w·wxx − wx²) is in squared units; divided by w, it is in units again.
    return Number((w * wxx - wx * wx) / w) / 2 ** UNIT_BITS;
  }

  save(): SavedSpread {
    return [this.#w, this.#wx, this.#wxx].map((sum) => sum.save());
  }

  #addProduct(a: number, b: number): void {
    const product = a * b;
    this.#wxx.add(product);
    const error = productError(a, b, product);
    if (error !== 0) this.#wxx.add(error);
  }
}

function productError(a: number, b: number, product: number): number {
  const [ah, bh] = [high(a), high(b)];
  const [al, bl] = [a - ah, b - bh];
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}

function high(value: number): number {
  const scaled = SPLITTER * value;
  return scaled - (scaled - value);
}

function inUnits(sum: ReproducibleSum): bigint {
  return sum.save().reduce((total, part) => total + toUnits(part), 0n);
}

function toUnits(part: number): bigint {
  const whole = Math.trunc(part);
  return (BigInt(whole) << BigInt(UNIT_BITS)) + BigInt((part - whole) * 2 ** UNIT_BITS);
}
