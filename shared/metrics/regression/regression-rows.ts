import { GrowingFloats } from '../../core/growing-floats.ts';
import { highWord, MANTISSA_BITS_OF_HIGH_WORD } from '../high-word.ts';
import type { NumberArray, StateSize } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';

/** Bytes of rows that are kept: actual, predicted and weight. */
const EXACT_BYTES = { whole: 2 ** 23, slice: 2 ** 16 };
const ROW_BYTES = 24;
/** Bins of the size of an error once rows are too many: octaves from 2^-40 to 2^40, each in 2^bits of equal width. */
const BITS = { whole: 10, slice: 5 };
const OCTAVES = 80;
const LEAST_EXPONENT = 1023 - 40;

/** A row that is kept. */
export interface KeptRow {
  readonly actual: number;
  readonly predicted: number;
  readonly weight: number;
}

/** A quantile, and how far the true one may be away: 0 while rows are kept. */
export interface BoundedQuantile {
  readonly value: number;
  readonly errorBound: number;
}

/** Rows of a regression, kept while they fit; beyond that the sizes of their errors in bins. Both depend on the rows alone. */
export class RegressionRows {
  readonly #size: StateSize;
  #kept:
    | { readonly actual: GrowingFloats; readonly predicted: GrowingFloats; readonly weight: GrowingFloats }
    | undefined;
  #bins: WeightCells | undefined;

  constructor(size: StateSize, saved?: Readonly<Record<string, NumberArray>>) {
    this.#size = size;
    const column = (name: string) => new GrowingFloats(saved?.[name] as Float64Array | undefined);
    if (saved?.['used'] === undefined) {
      this.#kept = { actual: column('actual'), predicted: column('predicted'), weight: column('weight') };
      return;
    }
    this.#bins = this.#newBins();
    this.#bins.addUsed(saved);
  }

  get isExact(): boolean {
    return this.#kept !== undefined;
  }

  add(actual: number, predicted: number, weight: number): void {
    if (this.#kept === undefined) {
      (this.#bins as WeightCells).add(binOf(Math.abs(actual - predicted), BITS[this.#size]), weight);
      return;
    }
    this.#kept.actual.push(actual);
    this.#kept.predicted.push(predicted);
    this.#kept.weight.push(weight);
    if (this.#kept.weight.length * ROW_BYTES > EXACT_BYTES[this.#size]) this.#moveToBins();
  }

  merge(other: RegressionRows): void {
    const kept = other.#kept;
    if (kept !== undefined) {
      const [actual, predicted, weight] = [kept.actual.view(), kept.predicted.view(), kept.weight.view()];
      for (let i = 0; i < weight.length; i++)
        this.add(actual[i] as number, predicted[i] as number, weight[i] as number);
      return;
    }
    this.#moveToBins();
    this.#bins?.merge(other.#bins as WeightCells);
  }

  /** The rows in an order that their values alone decide; empty once they are in bins. */
  rows(): KeptRow[] {
    const kept = this.#kept;
    if (kept === undefined) return [];
    const [actual, predicted, weight] = [kept.actual.view(), kept.predicted.view(), kept.weight.view()];
    const rows = Array.from(weight, (w, i) => ({
      actual: actual[i] as number,
      predicted: predicted[i] as number,
      weight: w,
    }));
    return rows.sort((a, b) => a.actual - b.actual || a.predicted - b.predicted || a.weight - b.weight);
  }

  /**
   * Weighted quantile of |actual − predicted| (Hyndman and Fan 1996, type 2: the mean of two where the share lies between them;
   * at 0.5 the plain median for equal weights). NaN without rows.
   */
  errorQuantiles(shares: readonly number[]): BoundedQuantile[] {
    if (this.#kept === undefined) return shares.map((share) => this.#quantileOfBins(share));
    const [actual, predicted, weight] = [
      this.#kept.actual.view(),
      this.#kept.predicted.view(),
      this.#kept.weight.view(),
    ];
    const errors = Float64Array.from(actual, (value, i) => Math.abs(value - (predicted[i] as number)));
    const order = Uint32Array.from(errors, (_, i) => i);
    order.sort(
      (a, b) => (errors[a] as number) - (errors[b] as number) || (weight[a] as number) - (weight[b] as number),
    );
    const sorted = Float64Array.from(order, (i) => errors[i] as number);
    const weights = Float64Array.from(order, (i) => weight[i] as number);
    return shares.map((share) => ({ value: quantileOf(sorted, weights, share), errorBound: 0 }));
  }

  save(): Record<string, NumberArray> {
    const [kept, bins] = [this.#kept, this.#bins];
    if (kept !== undefined) {
      return { actual: kept.actual.view(), predicted: kept.predicted.view(), weight: kept.weight.view() };
    }
    return (bins as WeightCells).saveUsed();
  }

  #newBins(): WeightCells {
    return new WeightCells(1 + (OCTAVES << BITS[this.#size]));
  }

  #moveToBins(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    this.#bins = this.#newBins();
    const [actual, predicted, weight] = [kept.actual.view(), kept.predicted.view(), kept.weight.view()];
    for (let i = 0; i < weight.length; i++) this.add(actual[i] as number, predicted[i] as number, weight[i] as number);
  }

  /** The middle of the bin in which the share lies, or of what lies between the two bins between which it does. */
  #quantileOfBins(share: number): BoundedQuantile {
    const [bins, bits] = [this.#bins as WeightCells, BITS[this.#size]];
    let total = 0;
    for (let bin = 0; bin < bins.length; bin++) total += bins.weight(bin);
    let [below, first] = [0, -1];
    for (let bin = 0; bin < bins.length; bin++) {
      if (bins.rows(bin) === 0) continue;
      below += bins.weight(bin);
      if (first < 0 && below >= share * total * (1 - 1e-12)) first = bin;
      if (below <= share * total * (1 + 1e-12)) continue;
      const [low, high] = [edgeOf(first, bits), edgeOf(bin + 1, bits)];
      return { value: (low + high) / 2, errorBound: (high - low) / 2 };
    }
    return { value: Number.NaN, errorBound: 0 };
  }
}

function quantileOf(sorted: Float64Array, weights: Float64Array, share: number): number {
  const wanted = share * weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  for (let i = 0; i < sorted.length; i++) {
    below += weights[i] as number;
    const next = sorted[i + 1];
    if (next === undefined) return sorted[i] as number;
    if (Math.abs(below - wanted) <= 1e-12 * wanted) return ((sorted[i] as number) + next) / 2;
    if (below > wanted) return sorted[i] as number;
  }
  return Number.NaN;
}

/** Bin 0 is for errors below 2^-40; the last one takes what is larger as well. */
function binOf(size: number, bits: number): number {
  const bin = (highWord(size) >>> (MANTISSA_BITS_OF_HIGH_WORD - bits)) - (LEAST_EXPONENT << bits);
  return Math.max(0, Math.min(bin + 1, OCTAVES << bits));
}

/** Lower edge of a bin. */
function edgeOf(bin: number, bits: number): number {
  if (bin === 0) return 0;
  const [octave, part] = [(bin - 1) >> bits, (bin - 1) & ((1 << bits) - 1)];
  return 2 ** (octave - 40) * (1 + part / 2 ** bits);
}
