import { GrowingFloats } from '../../core/growing-floats.ts';
import type { NumberArray, StateSize } from '../task.ts';

/** Pairs of scores that are kept: 16 bytes each. */
const MOST_ROWS = { whole: 2 ** 19, slice: 2 ** 12 };

/** The scores of one class's rows by both models. */
export interface PairedRows {
  readonly baseline: GrowingFloats;
  readonly candidate: GrowingFloats;
}

/** Difference of the areas under two ROC curves on the same rows. */
export interface AreaDifference {
  readonly baseline: number;
  readonly candidate: number;
  readonly difference: number;
  /** NaN with fewer than two rows of a class. */
  readonly standardError: number;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/**
 * Both models' scores row by row. Beyond 2^19 rows every second row is left out, then every second of those left, and so on, chosen
 * by a hash of the row's values: which rows stay depends on the rows alone.
 */
export class PairedScores {
  readonly #most: number;
  #positive: PairedRows = newRows();
  #negative: PairedRows = newRows();
  /** Rows stay whose hash has this many zeros at its end. */
  #halvings = 0;

  constructor(size: StateSize, saved?: Readonly<Record<string, NumberArray>>) {
    this.#most = MOST_ROWS[size];
    if (saved?.['halvings'] === undefined) return;
    this.#halvings = saved['halvings'][0] as number;
    const column = (name: string) => new GrowingFloats(saved[name] as Float64Array);
    this.#positive = { baseline: column('positiveBaseline'), candidate: column('positiveCandidate') };
    this.#negative = { baseline: column('negativeBaseline'), candidate: column('negativeCandidate') };
  }

  /** 1 where all rows are kept. */
  get keptShare(): number {
    return 2 ** -this.#halvings;
  }

  add(isPositive: boolean, baseline: number, candidate: number): void {
    if (!stays(isPositive, baseline, candidate, this.#halvings)) return;
    const rows = isPositive ? this.#positive : this.#negative;
    rows.baseline.push(baseline);
    rows.candidate.push(candidate);
    while (this.#positive.baseline.length + this.#negative.baseline.length > this.#most)
      this.#halve(this.#halvings + 1);
  }

  merge(other: PairedScores): void {
    if (other.#halvings > this.#halvings) this.#halve(other.#halvings);
    for (const isPositive of [true, false]) {
      const rows = isPositive ? other.#positive : other.#negative;
      const [baseline, candidate] = [rows.baseline.view(), rows.candidate.view()];
      for (let i = 0; i < baseline.length; i++) this.add(isPositive, baseline[i] as number, candidate[i] as number);
    }
  }

  /**
   * DeLong, DeLong and Clarke-Pearson (1988) for two areas on the same rows: the variance of the difference is that of each row's
   * difference of placements among the other class. NaN where a class has no rows.
   */
  areas(): AreaDifference {
    const byBaseline = placements(this.#positive.baseline.view(), this.#negative.baseline.view());
    const byCandidate = placements(this.#positive.candidate.view(), this.#negative.candidate.view());
    const differences = (side: 'positive' | 'negative') =>
      byCandidate[side].map((value, i) => value - (byBaseline[side][i] as number)).sort();
    const variance = meanVariance(differences('positive')) + meanVariance(differences('negative'));
    const [baseline, candidate] = [meanOf(byBaseline.positive.sort()), meanOf(byCandidate.positive.sort())];
    return { baseline, candidate, difference: candidate - baseline, standardError: Math.sqrt(variance) };
  }

  save(): Record<string, NumberArray> {
    return {
      halvings: Float64Array.of(this.#halvings),
      positiveBaseline: this.#positive.baseline.view(),
      positiveCandidate: this.#positive.candidate.view(),
      negativeBaseline: this.#negative.baseline.view(),
      negativeCandidate: this.#negative.candidate.view(),
    };
  }

  #halve(halvings: number): void {
    this.#halvings = halvings;
    this.#positive = staying(this.#positive, true, halvings);
    this.#negative = staying(this.#negative, false, halvings);
  }
}

function newRows(): PairedRows {
  return { baseline: new GrowingFloats(), candidate: new GrowingFloats() };
}

function staying(rows: PairedRows, isPositive: boolean, halvings: number): PairedRows {
  const kept = newRows();
  const [baseline, candidate] = [rows.baseline.view(), rows.candidate.view()];
  for (let i = 0; i < baseline.length; i++) {
    if (!stays(isPositive, baseline[i] as number, candidate[i] as number, halvings)) continue;
    kept.baseline.push(baseline[i] as number);
    kept.candidate.push(candidate[i] as number);
  }
  return kept;
}

function stays(isPositive: boolean, baseline: number, candidate: number, halvings: number): boolean {
  if (halvings === 0) return true;
  const hash = mixed(candidate, mixed(baseline, isPositive ? 1 : 0));
  return hash % 2 ** halvings === 0;
}

/** Takes a double's words into a 32-bit hash, by the finaliser of MurmurHash3 (Appleby). */
function mixed(value: number, seed: number): number {
  double[0] = value + 0;
  let hash = seed;
  for (const word of words) {
    hash = Math.imul(hash ^ word ^ 0x9e3779b9, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** For each row the share of the other class that it lies on the right side of, equal scores counting half. */
function placements(positives: Float64Array, negatives: Float64Array) {
  const [sortedPositives, sortedNegatives] = [positives.toSorted(), negatives.toSorted()];
  return {
    positive: positives.map((score) => shareBelow(sortedNegatives, score)),
    negative: negatives.map((score) => 1 - shareBelow(sortedPositives, score)),
  };
}

function shareBelow(sorted: Float64Array, score: number): number {
  return (countBelow(sorted, score, false) + countBelow(sorted, score, true)) / (2 * sorted.length);
}

/** How many are less than the score, or at most it. */
function countBelow(sorted: Float64Array, score: number, areEqualIn: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle] as number;
    if (value < score || (areEqualIn && value === score)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean of the values; NaN with fewer than two. */
function meanVariance(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) / values.length;
}
