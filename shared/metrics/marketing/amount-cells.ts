import { GrowingFloats } from '../../core/growing-floats.ts';
import { ReproducibleSum } from '../../core/reproducible-sum.ts';
import { binOf } from '../classification/score-bins.ts';
import type { NumberArray, SavedState, StateSize } from '../task.ts';

/** Rows that are kept as they are: 16 bytes each. */
const EXACT_ROWS: Readonly<Record<StateSize, number>> = { whole: 2 ** 18, slice: 2 ** 12 };
/** Of the bins beyond (see score-bins): at most 4,096 in a whole state. */
const BITS: Readonly<Record<StateSize, number>> = { whole: 6, slice: 2 };
/** Numbers of a group: rows, their amounts' sum and the sum of its squares, of the control and then of the treated. */
export const AMOUNT_FIELDS = 6;

/** Groups of rows in descending order of the score. */
export interface AmountTable {
  /** Least score of each group. */
  readonly scores: Float64Array;
  /** `AMOUNT_FIELDS` a group. */
  readonly sums: Float64Array;
  /** Whether all scores of a group are equal. */
  readonly isExact: boolean;
}

/**
 * Amounts by score and arm (0 the control, 1 the treated): row by row while they are few, beyond that as exact sums in bins that
 * the scores' values alone decide. Both depend on the multiset of rows alone. Scores are finite, amounts below `MAX_SUMMED`.
 */
export class AmountCells {
  readonly #size: StateSize;
  #kept: [KeptArm, KeptArm] | undefined = [newArm(), newArm()];
  readonly #bins = new Map<number, Bin>();

  constructor(size: StateSize, saved: SavedState | null = null) {
    this.#size = size;
    if (saved === null) return;
    const { arrays } = saved;
    if (arrays['bins'] === undefined) {
      for (const arm of [0, 1] as const)
        this.#append(arm, arrays[`scores${arm}`] as Float64Array, arrays[`amounts${arm}`] as Float64Array);
    } else {
      this.#kept = undefined;
      restoreBins(this.#bins, arrays);
    }
  }

  add(score: number, arm: 0 | 1, amount: number): void {
    if (this.#kept === undefined) {
      this.#count(score, arm, amount);
      return;
    }
    this.#kept[arm].scores.push(score + 0);
    this.#kept[arm].amounts.push(amount);
    this.#bound();
  }

  merge(other: AmountCells): void {
    if (other.#kept !== undefined) {
      for (const arm of [0, 1] as const) {
        const { scores, amounts } = other.#kept[arm];
        this.#append(arm, scores.view(), amounts.view());
      }
      return;
    }
    this.#moveToBins();
    for (const [place, bin] of other.#bins) mergeBin(this.#binAt(place), bin);
  }

  save(): SavedState {
    if (this.#kept === undefined) return { fields: {}, arrays: saveBins(this.#bins) };
    const [control, treated] = this.#kept;
    const arrays = {
      scores0: control.scores.view(),
      amounts0: control.amounts.view(),
      scores1: treated.scores.view(),
      amounts1: treated.amounts.view(),
    };
    return { fields: {}, arrays };
  }

  get table(): AmountTable {
    return this.#kept === undefined ? tableOfBins(this.#bins) : tableOfRows(this.#kept);
  }

  #append(arm: 0 | 1, scores: Float64Array, amounts: Float64Array): void {
    if (this.#kept === undefined) {
      for (let row = 0; row < scores.length; row++) this.#count(scores[row] as number, arm, amounts[row] as number);
      return;
    }
    this.#kept[arm].scores.append(scores);
    this.#kept[arm].amounts.append(amounts);
    this.#bound();
  }

  #bound(): void {
    const [control, treated] = this.#kept as [KeptArm, KeptArm];
    if (control.scores.length + treated.scores.length > EXACT_ROWS[this.#size]) this.#moveToBins();
  }

  #moveToBins(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    for (const arm of [0, 1] as const) this.#append(arm, kept[arm].scores.view(), kept[arm].amounts.view());
  }

  #count(score: number, arm: 0 | 1, amount: number): void {
    const bin = this.#binAt(binOf(score, BITS[this.#size]));
    bin.least = Math.min(bin.least, score);
    bin.greatest = Math.max(bin.greatest, score);
    const sums = bin.arms[arm];
    sums.rows += 1;
    sums.amounts.add(amount);
    sums.squares.add(amount * amount);
  }

  #binAt(place: number): Bin {
    const found = this.#bins.get(place);
    if (found !== undefined) return found;
    const started = newBin();
    this.#bins.set(place, started);
    return started;
  }
}

interface KeptArm {
  readonly scores: GrowingFloats;
  readonly amounts: GrowingFloats;
}

function newArm(): KeptArm {
  return { scores: new GrowingFloats(), amounts: new GrowingFloats() };
}

interface ArmSums {
  rows: number;
  readonly amounts: ReproducibleSum;
  readonly squares: ReproducibleSum;
}

interface Bin {
  least: number;
  greatest: number;
  readonly arms: readonly [ArmSums, ArmSums];
}

function newBin(): Bin {
  const start = (): ArmSums => ({ rows: 0, amounts: new ReproducibleSum(), squares: new ReproducibleSum() });
  return { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY, arms: [start(), start()] };
}

function mergeBin(into: Bin, from: Bin): void {
  into.least = Math.min(into.least, from.least);
  into.greatest = Math.max(into.greatest, from.greatest);
  into.arms.forEach((sums, arm) => {
    const other = from.arms[arm] as ArmSums;
    sums.rows += other.rows;
    sums.amounts.merge(other.amounts);
    sums.squares.merge(other.squares);
  });
}

/** Doubles that a sum is saved as. */
const SUM_LENGTH = new ReproducibleSum().save().length;

function saveBins(bins: ReadonlyMap<number, Bin>): SavedState['arrays'] {
  const places = [...bins.keys()].sort((a, b) => a - b);
  const all = places.map((place) => bins.get(place) as Bin);
  const arms = all.flatMap((bin) => bin.arms);
  return {
    bins: Uint32Array.from(places),
    edges: Float64Array.from(all.flatMap(({ least, greatest }) => [least, greatest])),
    rows: Float64Array.from(arms, ({ rows }) => rows),
    amounts: Float64Array.from(arms.flatMap(({ amounts }) => amounts.save())),
    squares: Float64Array.from(arms.flatMap(({ squares }) => squares.save())),
  };
}

function restoreBins(bins: Map<number, Bin>, arrays: SavedState['arrays']): void {
  const sumAt = (array: NumberArray | undefined, place: number) =>
    new ReproducibleSum([...((array as Float64Array).subarray(SUM_LENGTH * place, SUM_LENGTH * (place + 1)) ?? [])]);
  (arrays['bins'] as Uint32Array).forEach((place, index) => {
    const armAt = (arm: number): ArmSums => ({
      rows: (arrays['rows'] as Float64Array)[2 * index + arm] as number,
      amounts: sumAt(arrays['amounts'], 2 * index + arm),
      squares: sumAt(arrays['squares'], 2 * index + arm),
    });
    const [least, greatest] = (arrays['edges'] as Float64Array).subarray(2 * index, 2 * index + 2);
    bins.set(place, { least: least as number, greatest: greatest as number, arms: [armAt(0), armAt(1)] });
  });
}

function tableOfBins(bins: ReadonlyMap<number, Bin>): AmountTable {
  const all = [...bins].sort(([a], [b]) => b - a).map(([, bin]) => bin);
  return {
    scores: Float64Array.from(all, ({ least }) => least),
    sums: Float64Array.from(
      all.flatMap(({ arms }) => arms.flatMap(({ rows, amounts, squares }) => [rows, amounts.value, squares.value])),
    ),
    isExact: all.every(({ least, greatest }) => least === greatest),
  };
}

/** Rows by score, equal ones by amount, so that sums do not depend on the order in which they came. */
function tableOfRows(kept: readonly [KeptArm, KeptArm]): AmountTable {
  const orders = kept.map(sortedDown) as [Uint32Array, Uint32Array];
  const scores: number[] = [];
  const sums: number[] = [];
  const next = [0, 0];
  const scoreAt = (arm: number) => {
    const place = orders[arm]?.[next[arm] as number];
    return place === undefined ? Number.NEGATIVE_INFINITY : (kept[arm]?.scores.view()[place] as number);
  };
  while ((next[0] as number) < orders[0].length || (next[1] as number) < orders[1].length) {
    const score = Math.max(scoreAt(0), scoreAt(1));
    scores.push(score);
    for (const arm of [0, 1] as const) {
      const amounts = kept[arm].amounts.view();
      let [rows, sum, squares] = [0, 0, 0];
      for (; scoreAt(arm) === score; next[arm] = (next[arm] as number) + 1) {
        const amount = amounts[orders[arm][next[arm] as number] as number] as number;
        rows += 1;
        sum += amount;
        squares += amount * amount;
      }
      sums.push(rows, sum, squares);
    }
  }
  return { scores: Float64Array.from(scores), sums: Float64Array.from(sums), isExact: true };
}

function sortedDown({ scores, amounts }: KeptArm): Uint32Array {
  const [scoreView, amountView] = [scores.view(), amounts.view()];
  return Uint32Array.from(scoreView, (_, row) => row).sort(
    (a, b) =>
      (scoreView[b] as number) - (scoreView[a] as number) || (amountView[a] as number) - (amountView[b] as number),
  );
}
