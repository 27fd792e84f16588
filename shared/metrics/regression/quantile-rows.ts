import { MeanSums, type SavedMean } from '../mean-sums.ts';
import { numberCell, objectCell, shown } from '../read-cell.ts';
import type { RowRecord } from '../task.ts';

/** Larger numbers would leave no room for the squares of their squares. */
const MOST = 1e10;
/** Different quantiles in all rows; further ones are left out, which is said. */
const MOST_QUANTILES = 99;
const EXPECTED = 'quantiles: expected an object of numbers by share, such as {"0.1": 4.2, "0.9": 8.1}';

/** What is predicted for a row besides one number: values by the share of actual numbers at or below them. */
export type Quantiles = ReadonlyMap<number, number>;

const NONE: Quantiles = new Map();

/** From column `quantiles` (an object or its JSON text) and from `lower` and `upper`; in words what is wrong with them. */
export function readQuantiles(row: RowRecord, intervalCoverage: number): Quantiles | string {
  const [named, lower, upper] = [row['quantiles'], row['lower'], row['upper']];
  if (isEmpty(named) && isEmpty(lower) && isEmpty(upper)) return NONE;
  const quantiles = new Map<number, number>();
  const wrong = isEmpty(named) ? null : readNamed(named, quantiles);
  if (wrong !== null) return wrong;
  const tail = rounded((1 - intervalCoverage) / 2);
  const ends = [
    { name: 'lower', cell: lower, share: tail },
    { name: 'upper', cell: upper, share: rounded(1 - tail) },
  ];
  for (const { name, cell, share } of ends) {
    if (isEmpty(cell)) continue;
    const value = boundedNumber(cell);
    if (value === undefined) return notBounded(name, cell);
    quantiles.set(share, value);
  }
  return quantiles;
}

function readNamed(cell: unknown, quantiles: Map<number, number>): string | null {
  const record = objectCell(cell);
  if (record === undefined) return `${EXPECTED}, got ${shown(cell)}`;
  for (const [name, each] of Object.entries(record)) {
    const share = Number(name);
    if (!(share > 0 && share < 1)) return `quantiles: expected shares above 0 and below 1, got ${shown(name)}`;
    const value = boundedNumber(each);
    if (value === undefined) return notBounded(`quantiles.${name}`, each);
    quantiles.set(rounded(share), value);
  }
  return null;
}

function isEmpty(cell: unknown): boolean {
  return cell === undefined || cell === null || cell === '';
}

function notBounded(name: string, cell: unknown): string {
  return `${name}: expected a number of at most 1e10 in size, got ${shown(cell)}`;
}

/** Without what the last digits of a subtraction add. */
export function rounded(share: number): number {
  return Number(share.toPrecision(12));
}

function boundedNumber(cell: unknown): number | undefined {
  const value = numberCell(cell);
  return value !== undefined && Math.abs(value) <= MOST ? value : undefined;
}

const QUANTILE_MEANS = ['loss', 'below'] as const;
const INTERVAL_MEANS = ['inside', 'width', 'score'] as const;
/** Of a quantile: the pinball loss, and whether the actual number is at or below it. */
export type QuantileMeans = Readonly<Record<(typeof QUANTILE_MEANS)[number], MeanSums>>;
/** Of the interval between two quantiles of equal tails: whether the actual number is within, its width, its score. */
export type IntervalMeans = Readonly<Record<(typeof INTERVAL_MEANS)[number], MeanSums>>;

/** Sums over the rows that have a quantile, by its share, and over those that have both ends of an interval, by its lower tail. */
export class QuantileRows {
  readonly quantiles = new Map<number, QuantileMeans>();
  readonly intervals = new Map<number, IntervalMeans>();
  /** Rows in which a quantile is below one of a smaller share, of those with two or more. */
  readonly crossed: MeanSums;
  /** Whether there were more different quantiles than are kept. */
  isCut: boolean;

  constructor(saved?: SavedQuantiles) {
    for (const [share, means] of saved?.quantiles ?? []) this.quantiles.set(share, restored(QUANTILE_MEANS, means));
    for (const [tail, means] of saved?.intervals ?? []) this.intervals.set(tail, restored(INTERVAL_MEANS, means));
    this.crossed = saved === undefined ? new MeanSums() : MeanSums.restore(...saved.crossed);
    this.isCut = saved?.isCut ?? false;
  }

  add(actual: number, quantiles: Quantiles, weight: number): void {
    for (const [share, quantile] of quantiles) {
      const error = actual - quantile;
      const means = this.#quantile(share);
      means?.loss.add(error >= 0 ? share * error : (share - 1) * error, weight);
      means?.below.add(error <= 0 ? 1 : 0, weight);
      const upper = share < 0.5 ? quantiles.get(rounded(1 - share)) : undefined;
      if (upper !== undefined)
        addInterval(this.#interval(share), { actual, lower: quantile, upper, tail: share }, weight);
    }
    if (quantiles.size > 1) this.crossed.add(isCrossed(quantiles) ? 1 : 0, weight);
  }

  merge(later: QuantileRows): void {
    this.isCut ||= later.isCut;
    for (const [share, means] of later.quantiles) mergeMeans(QUANTILE_MEANS, this.#quantile(share), means);
    for (const [tail, means] of later.intervals) mergeMeans(INTERVAL_MEANS, this.#interval(tail), means);
    this.crossed.merge(later.crossed);
  }

  save(): SavedQuantiles {
    return {
      quantiles: [...this.quantiles].map(([share, means]) => [share, savedOf(QUANTILE_MEANS, means)]),
      intervals: [...this.intervals].map(([tail, means]) => [tail, savedOf(INTERVAL_MEANS, means)]),
      crossed: [this.crossed.saveRows(), this.crossed.save()],
      isCut: this.isCut,
    };
  }

  #quantile(share: number): QuantileMeans | undefined {
    const known = this.quantiles.get(share);
    if (known) return known;
    if (this.quantiles.size === MOST_QUANTILES) {
      this.isCut = true;
      return undefined;
    }
    const means = restored(QUANTILE_MEANS);
    this.quantiles.set(share, means);
    return means;
  }

  #interval(tail: number): IntervalMeans {
    const means = this.intervals.get(tail) ?? restored(INTERVAL_MEANS);
    if (this.quantiles.has(tail)) this.intervals.set(tail, means);
    return means;
  }
}

/**
 * The interval score (Gneiting and Raftery 2007, JASA 102:359-378, equation 43; Winkler 1972): width, and where the actual number
 * lies outside, 2 / (1 - coverage) times how far. The least on average where both ends are the true quantiles.
 */
function addInterval(
  means: IntervalMeans,
  { actual, lower, upper, tail }: { actual: number; lower: number; upper: number; tail: number },
  weight: number,
): void {
  const outside = Math.max(0, lower - actual) + Math.max(0, actual - upper);
  means.inside.add(outside === 0 ? 1 : 0, weight);
  means.width.add(upper - lower, weight);
  means.score.add(upper - lower + outside / tail, weight);
}

function isCrossed(quantiles: Quantiles): boolean {
  const values = [...quantiles].sort(([a], [b]) => a - b).map(([, value]) => value);
  return values.some((value, i) => i > 0 && value < (values[i - 1] as number));
}

type SavedMeans = Readonly<Record<string, SavedMeanSums>>;
type SavedMeanSums = readonly [rows: readonly [number, number], sums: SavedMean];

export interface SavedQuantiles {
  readonly quantiles: readonly (readonly [number, SavedMeans])[];
  readonly intervals: readonly (readonly [number, SavedMeans])[];
  readonly crossed: SavedMeanSums;
  readonly isCut: boolean;
}

function restored<Name extends string>(names: readonly Name[], saved?: SavedMeans): Readonly<Record<Name, MeanSums>> {
  const each = (name: Name) => {
    const sums = saved?.[name];
    return [name, sums === undefined ? new MeanSums() : MeanSums.restore(...sums)];
  };
  return Object.fromEntries(names.map(each)) as Record<Name, MeanSums>;
}

function savedOf<Name extends string>(names: readonly Name[], means: Readonly<Record<Name, MeanSums>>): SavedMeans {
  return Object.fromEntries(names.map((name) => [name, [means[name].saveRows(), means[name].save()]]));
}

function mergeMeans<Name extends string>(
  names: readonly Name[],
  into: Readonly<Record<Name, MeanSums>> | undefined,
  later: Readonly<Record<Name, MeanSums>>,
): void {
  for (const name of names) into?.[name].merge(later[name]);
}
