import { ReproducibleSum } from '../../core/reproducible-sum.ts';
import type { Json } from '../task.ts';

/** Numbers from here on are refused, as the sum of their squares would leave the range in which sums are exact. */
export const MAX_SUMMED = 2 ** 44;

const SUMS = ['y', 'yy', 'x', 'xx', 'yx', 'd', 'dd', 'yd'] as const;
type SumName = (typeof SUMS)[number];

/**
 * Sums from which means, variances and covariances of up to three numbers a row follow: an outcome y, a covariate x and a
 * denominator d. The sums are exact, so that they depend neither on the order of rows nor on how they were divided; the variance
 * is right to about 1e-16 (1 + mean² / variance) relative.
 */
export class Moments {
  count = 0;
  /** Whether each outcome was 0 or 1. */
  isBinary = true;
  readonly #sums: Readonly<Record<SumName, ReproducibleSum>>;

  constructor(saved: { readonly [name: string]: Json } = {}) {
    const sum = (name: SumName) => new ReproducibleSum(saved[name] as number[] | undefined);
    this.#sums = {
      y: sum('y'),
      yy: sum('yy'),
      x: sum('x'),
      xx: sum('xx'),
      yx: sum('yx'),
      d: sum('d'),
      dd: sum('dd'),
      yd: sum('yd'),
    };
    if (typeof saved['count'] === 'number') this.count = saved['count'];
    if (typeof saved['isBinary'] === 'boolean') this.isBinary = saved['isBinary'];
  }

  add(y: number, x = 0, d = 0): void {
    const sums = this.#sums;
    this.count += 1;
    // Zeros are most outcomes of a campaign, and change no sum.
    if (y !== 0) {
      if (y !== 1) this.isBinary = false;
      sums.y.add(y);
      sums.yy.add(y * y);
    }
    if (x !== 0) addWith(sums.x, sums.xx, sums.yx, x, y);
    if (d !== 0) addWith(sums.d, sums.dd, sums.yd, d, y);
  }

  merge(other: Moments): void {
    this.count += other.count;
    this.isBinary &&= other.isBinary;
    for (const name of SUMS) this.#sums[name].merge(other.#sums[name]);
  }

  save(): { readonly [name: string]: Json } {
    const sums = Object.fromEntries(SUMS.map((name) => [name, this.#sums[name].save()]));
    return { count: this.count, isBinary: this.isBinary, ...sums };
  }

  get total(): number {
    return this.#sums.y.value;
  }
  get mean(): number {
    return this.#sums.y.value / this.count;
  }
  get covariateTotal(): number {
    return this.#sums.x.value;
  }
  get covariateMean(): number {
    return this.#sums.x.value / this.count;
  }
  get denominatorTotal(): number {
    return this.#sums.d.value;
  }
  get denominatorMean(): number {
    return this.#sums.d.value / this.count;
  }

  /** Unbiased variance of y; NaN for fewer than two rows, as are the ones below. */
  get variance(): number {
    return this.#centred('yy', 'y', 'y');
  }
  get covariateVariance(): number {
    return this.#centred('xx', 'x', 'x');
  }
  get covariance(): number {
    return this.#centred('yx', 'y', 'x');
  }
  get denominatorVariance(): number {
    return this.#centred('dd', 'd', 'd');
  }
  get denominatorCovariance(): number {
    return this.#centred('yd', 'y', 'd');
  }

  #centred(products: SumName, first: SumName, second: SumName): number {
    if (this.count < 2) return Number.NaN;
    const about = (this.#sums[first].value / this.count) * this.#sums[second].value;
    const centred = this.#sums[products].value - about;
    return (first === second ? Math.max(0, centred) : centred) / (this.count - 1);
  }
}

function addWith(
  sum: ReproducibleSum,
  squares: ReproducibleSum,
  products: ReproducibleSum,
  value: number,
  y: number,
): void {
  sum.add(value);
  squares.add(value * value);
  if (y !== 0) products.add(value * y);
}
