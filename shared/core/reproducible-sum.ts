/** Units of the bins, a factor of 2^40 apart. */
const UNITS = [2 ** 40, 1, 2 ** -40, 2 ** -80] as const;
const BINS = UNITS.length;
/** Added and taken away again, it rounds a number to a whole multiple of the unit (53 bits of which the sign takes one). */
const ROUNDERS = UNITS.map((unit) => 1.5 * 2 ** 52 * unit) as unknown as readonly [number, number, number, number];
/** Of the first bin: less is rounded to none. */
const HALF_UNIT = UNITS[0] / 2;
/** Addends after which bins are carried over: a remainder is at most 2^39 units of the next bin, and 2^53 are exact. */
const CARRY_AFTER = 2 ** 12;

/** Addends of at least this size are refused, as are those that are no numbers. */
export const MAX_ADDEND = 2 ** 90;

/** What `save` gives: enough to go on from. */
export type SavedSum = readonly number[];

/**
 * A sum that depends neither on the order of its addends nor on how they were divided: each is split over bins of fixed exponents,
 * within which doubles add without rounding (after Demmel and Nguyen 2013, "Fast reproducible floating-point summation", ARITH 21).
 * An addend is exact but for what is under 2^-81, so that a total of n addends is right within n * 2^-81 and one rounding.
 * Addends must be finite and smaller than `MAX_ADDEND`; sums stay exact below 2^93.
 */
export class ReproducibleSum {
  readonly #bins: Float64Array;
  #added = 0;

  constructor(saved: SavedSum = []) {
    this.#bins = new Float64Array(BINS);
    this.#bins.set(saved);
  }

  add(addend: number): void {
    const bins = this.#bins;
    let rest = addend;
    // Of smaller ones the first bin has no share, and most are.
    if (addend >= HALF_UNIT || addend <= -HALF_UNIT) {
      const share = rest + ROUNDERS[0] - ROUNDERS[0];
      bins[0] = (bins[0] as number) + share;
      rest -= share;
    }
    const second = rest + ROUNDERS[1] - ROUNDERS[1];
    rest -= second;
    const third = rest + ROUNDERS[2] - ROUNDERS[2];
    rest -= third;
    bins[1] = (bins[1] as number) + second;
    bins[2] = (bins[2] as number) + third;
    bins[3] = (bins[3] as number) + (rest + ROUNDERS[3] - ROUNDERS[3]);
    this.#added += 1;
    if (this.#added === CARRY_AFTER) this.#carry();
  }

  merge(other: ReproducibleSum): void {
    this.#carry();
    other.#carry();
    for (let bin = 0; bin < BINS; bin++) this.#bins[bin] = (this.#bins[bin] as number) + (other.#bins[bin] as number);
    this.#carry();
  }

  get value(): number {
    this.#carry();
    let total = 0;
    for (let bin = BINS - 1; bin >= 0; bin--) total += this.#bins[bin] as number;
    return total;
  }

  save(): SavedSum {
    this.#carry();
    return [...this.#bins];
  }

  /** Moves whole multiples of a bin's upper neighbour up, which makes the bins a function of the exact total alone. */
  #carry(): void {
    for (let bin = BINS - 1; bin > 0; bin--) {
      const rounder = ROUNDERS[bin - 1] as number;
      const held = this.#bins[bin] as number;
      const carried = held + rounder - rounder;
      this.#bins[bin] = held - carried;
      this.#bins[bin - 1] = (this.#bins[bin - 1] as number) + carried;
    }
    this.#added = 0;
  }
}
