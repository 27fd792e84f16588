import { uniformHash } from '../../shared/core/uniform-hash.ts';
import { SPLIT_NAMES, type SplitName } from '../../shared/dataset/dataset-manifest.ts';

/** Of all rows, for each split; they add up to 1. */
export type Shares = Readonly<Record<SplitName, number>>;

/** How rows are divided between training, validation and test. */
export type SplitMethod = 'random' | 'stratified' | 'grouped' | 'time';

/** Rows that must not be parted: near-duplicates of one another, or of one group. */
export interface Unit {
  /** Decides with the seed where it goes: the same for the same rows. */
  readonly key: number;
  /** Places of the rows, in order. */
  readonly rows: readonly number[];
  /** The label that most of them have; -1 where they have none. */
  readonly label: number;
}

/** No split. */
export const NOWHERE = 255;

export interface Division {
  /** A split's place in `SPLIT_NAMES` for each row that a unit has. */
  readonly splits: Uint8Array;
  /** Labels that are in too few units to be in every split. */
  readonly rareLabels: readonly number[];
  /** Rows that had to go: they lie on another side of a cut in time than the near-duplicates before them. */
  readonly parted: readonly number[];
}

/** Divides units by the seed, so that each split gets its share of the rows: of each label's where `isStratified`. */
export function divideByShares(
  units: readonly Unit[],
  rowCount: number,
  { shares, seed, isStratified }: { readonly shares: Shares; readonly seed: number; readonly isStratified: boolean },
): Division {
  const splits = new Uint8Array(rowCount).fill(NOWHERE);
  const wanted = SPLIT_NAMES.map((name) => shares[name]);
  const needed = wanted.filter((share) => share > 0).length;
  const rareLabels: number[] = [];
  for (const [label, ofLabel] of Map.groupBy(units, (unit) => (isStratified ? unit.label : 0))) {
    const isRare = isStratified && ofLabel.length < needed;
    if (isRare) rareLabels.push(label);
    // What is learned must be seen in training; a label with one unit can be in no other split.
    const given = isRare ? wanted.map((_, split) => (split === 0 ? 1 : 0)) : wanted;
    assign(sortByHash(ofLabel, seed), given, splits);
  }
  return { splits, rareLabels: rareLabels.sort((a, b) => a - b), parted: [] };
}

/** Gives each unit to the split that lacks most of its share, those of many rows first: they fit no gap later. */
function assign(units: readonly Unit[], shares: readonly number[], splits: Uint8Array): void {
  const all = units.reduce((sum, { rows }) => sum + rows.length, 0);
  const got = shares.map(() => 0);
  const large = Math.max(2, all / 20);
  const order = [
    ...units.filter(({ rows }) => rows.length >= large),
    ...units.filter(({ rows }) => rows.length < large),
  ];
  for (const [place, { rows }] of order.entries()) {
    const empty = shares.filter((share, split) => share > 0 && got[split] === 0).length;
    // No split stays empty while there is something small to give it, or nothing else is left.
    const isForEmpty = empty > 0 && (rows.length < large || order.length - place <= empty);
    const split = choose(shares, got, all, isForEmpty);
    got[split] = (got[split] as number) + rows.length;
    for (const row of rows) splits[row] = split;
  }
}

/** The split with the greatest lack, of all or of those that have nothing yet. */
function choose(shares: readonly number[], got: readonly number[], all: number, isForEmpty: boolean): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (const [split, share] of shares.entries()) {
    if (share === 0 || (isForEmpty && (got[split] as number) > 0)) continue;
    const lack = share * all - (got[split] as number);
    if (lack <= most) continue;
    most = lack;
    best = split;
  }
  return best;
}

function sortByHash(units: readonly Unit[], seed: number): Unit[] {
  const hashed = units.map((unit) => ({ unit, hash: uniformHash(`${seed}:${unit.key}`) }));
  return hashed.sort((a, b) => a.hash - b.hash || a.unit.key - b.unit.key).map(({ unit }) => unit);
}

/** Moments, in milliseconds: validation begins at the first, test at the second. */
export type Cuts = readonly [validationMs: number, testMs: number];

/** The moments that give each split about its share of the rows: the oldest are for training, the newest for the test. */
export function cutsByShares(times: readonly number[], shares: Shares): Cuts {
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => {
    const place = Math.round(share * sorted.length);
    return place >= sorted.length ? Number.POSITIVE_INFINITY : (sorted[place] as number);
  };
  return [at(shares.train), at(shares.train + shares.validation)];
}

/**
 * Divides by time: rows before the first cut are for training, from the second on for the test. A unit goes where its first row is;
 * those of its rows that lie behind the next cut go, for they would tell the later split's texts in an earlier one.
 */
export function divideByTime(units: readonly Unit[], times: Float64Array, [validationMs, testMs]: Cuts): Division {
  const splits = new Uint8Array(times.length).fill(NOWHERE);
  const parted: number[] = [];
  const splitOf = (row: number) => {
    const time = times[row] as number;
    return time >= testMs ? 2 : time >= validationMs ? 1 : 0;
  };
  for (const { rows } of units) {
    const first = Math.min(...rows.map(splitOf));
    for (const row of rows) {
      if (splitOf(row) === first) splits[row] = first;
      else parted.push(row);
    }
  }
  return { splits, rareLabels: [], parted: parted.sort((a, b) => a - b) };
}
