import type { NumberArray, StateSize } from '../task.ts';
import { BinnedScores } from './binned-scores.ts';
import { groupsOfKept, KeptScores } from './kept-scores.ts';
import type { ScoreGroups } from './score-groups.ts';

/** Bytes of scores and weights that are kept as they are before they are counted in bins. */
const EXACT_BYTES = { whole: 2 ** 23, slice: 2 ** 17 };
/** Of the bins: see score-bins. */
const BITS = { whole: 12, slice: 5 };

type Side = 'positive' | 'negative';
const SIDES: readonly Side[] = ['positive', 'negative'];
type Kept = Readonly<Record<Side, KeptScores>>;

/**
 * The scores of positive and of negative rows, for everything that is worked out along them: exactly while they fit
 * (2^20 rows of weight 1 in a whole state), beyond that in bins that only the scores' values decide. Both depend on the multiset of
 * rows alone. A bin in which all scores are equal loses nothing.
 */
export class BinaryScores {
  readonly #size: StateSize;
  #kept: Kept | undefined = { positive: new KeptScores(), negative: new KeptScores() };
  #bins: BinnedScores | undefined;
  #isSorted = true;
  readonly #rows: Record<Side, number> = { positive: 0, negative: 0 };

  constructor(size: StateSize) {
    this.#size = size;
  }

  static restore(size: StateSize, saved: Readonly<Record<string, NumberArray>>): BinaryScores {
    const scores = new BinaryScores(size);
    [scores.#rows.positive, scores.#rows.negative] = saved['rows'] as unknown as [number, number];
    if (saved['bin'] === undefined) {
      const side = (name: Side) =>
        new KeptScores(saved[`${name}Scores`] as Float64Array, saved[`${name}Weights`] as Float64Array | undefined);
      scores.#appendKept({ positive: side('positive'), negative: side('negative') });
    } else {
      scores.#kept = undefined;
      scores.#bins = BinnedScores.restore(BITS[size], saved);
    }
    return scores;
  }

  /** Takes a finite score; `weight` above 0. */
  add(isPositive: boolean, score: number, weight: number): void {
    if (isPositive) this.#rows.positive += 1;
    else this.#rows.negative += 1;
    if (this.#kept === undefined) {
      (this.#bins as BinnedScores).add(isPositive, score, weight);
      return;
    }
    (isPositive ? this.#kept.positive : this.#kept.negative).add(score, weight);
    this.#isSorted = false;
    if (bytesOf(this.#kept) > EXACT_BYTES[this.#size]) this.#moveToBins();
  }

  merge(other: BinaryScores): void {
    for (const side of SIDES) this.#rows[side] += other.#rows[side];
    if (other.#kept !== undefined) {
      this.#appendKept(other.#kept);
      return;
    }
    this.#moveToBins();
    (this.#bins as BinnedScores).merge(other.#bins as BinnedScores);
  }

  /** Whether scores are kept as they are. */
  get isExact(): boolean {
    return this.#kept !== undefined;
  }

  /** Whether a row weighs other than 1. */
  get isWeighted(): boolean {
    return this.#kept === undefined ? (this.#bins as BinnedScores).isWeighted : areWeighted(this.#kept);
  }

  get positiveRows(): number {
    return this.#rows.positive;
  }

  get negativeRows(): number {
    return this.#rows.negative;
  }

  /** The groups of equal scores (or of a bin's), from the greatest score to the least. */
  groupsDown(): Iterable<ScoreGroups> {
    if (this.#kept === undefined) return (this.#bins as BinnedScores).groupsDown();
    const { positive, negative } = this.#sorted();
    return groupsOfKept(positive, negative);
  }

  /** Like `groupsDown`, the groups within which scores differ alone; there are none while scores are exact. */
  blurredGroups(): Iterable<ScoreGroups> {
    return this.#bins?.groupsDown(true) ?? [];
  }

  save(): Record<string, NumberArray> {
    const rows = Float64Array.of(this.#rows.positive, this.#rows.negative);
    if (this.#kept === undefined) return { rows, ...(this.#bins as BinnedScores).save() };
    const kept = this.#sorted();
    const named = SIDES.flatMap((side): [string, NumberArray][] => {
      const { scores, weights } = kept[side];
      const ofScores: [string, NumberArray] = [`${side}Scores`, scores];
      return weights === undefined ? [ofScores] : [ofScores, [`${side}Weights`, weights]];
    });
    return { rows, ...Object.fromEntries(named) };
  }

  #sorted(): Kept {
    const kept = this.#kept as Kept;
    if (!this.#isSorted) for (const side of SIDES) kept[side].sort();
    this.#isSorted = true;
    return kept;
  }

  #appendKept(kept: Kept): void {
    for (const side of SIDES) {
      if (this.#kept === undefined) this.#count(side, kept[side]);
      else {
        this.#kept[side].append(kept[side]);
        this.#isSorted = false;
        if (bytesOf(this.#kept) > EXACT_BYTES[this.#size]) this.#moveToBins();
      }
    }
  }

  #moveToBins(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    this.#bins = new BinnedScores(BITS[this.#size]);
    for (const side of SIDES) this.#count(side, kept[side]);
  }

  #count(side: Side, { scores, weights }: KeptScores): void {
    const bins = this.#bins as BinnedScores;
    for (let i = 0; i < scores.length; i++) bins.add(side === 'positive', scores[i] as number, weights?.[i] ?? 1);
  }
}

function bytesOf(kept: Kept): number {
  return (kept.positive.length + kept.negative.length) * (areWeighted(kept) ? 16 : 8);
}

function areWeighted({ positive, negative }: Kept): boolean {
  return positive.isWeighted || negative.isWeighted;
}
