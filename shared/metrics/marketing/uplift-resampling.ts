import { normalSurvival } from '../../core/distributions.ts';
import { type SeededRandom, seededRandom } from '../../core/seeded-random.ts';
import type { Interval } from '../metric.ts';
import { CELLS } from './score-cells.ts';
import { areaOverRandom, cellTotals, qiniValue } from './uplift-curves.ts';

/** Poisson means from which on the normal distribution, rounded, is used. */
const NORMAL_FROM = 50;
/** Rows up to which ranks are really shuffled. */
export const MAX_SHUFFLED = 50_000;
/** Rows moved in all permutations together. */
const SHUFFLE_BUDGET = 1e7;
const FEWEST_PERMUTATIONS = 200;

export type Statistic = (counts: ArrayLike<number>) => number;

/** How the draws of each statistic lie about the statistic of the table they are drawn from. */
export interface Spread {
  /** Interval of the deviations; null where some draws gave no number. */
  readonly deviations: Interval | null;
  readonly standardError: number;
}

/**
 * Poisson bootstrap (Hanley and MacGibbon 2006; Chamandy et al. 2012): each row comes a Poisson(1) number of times, so that a
 * count of n rows becomes Poisson(n), unless `drawInto` draws otherwise. The seed and the table decide the outcome.
 */
export function bootstrapSpreads(
  counts: Uint32Array | Float64Array,
  statistics: readonly Statistic[],
  { draws, level, seed }: { readonly draws: number; readonly level: number; readonly seed: number },
  drawInto: DrawInto = poissonDrawer(counts),
): Spread[] {
  const random = seededRandom(seed);
  const drawn = new Float64Array(counts.length);
  const found = statistics.map(() => new Float64Array(draws));
  for (let draw = 0; draw < draws; draw++) {
    drawInto(drawn, random);
    statistics.forEach((statistic, index) => {
      (found[index] as Float64Array)[draw] = statistic(drawn);
    });
  }
  return statistics.map((statistic, index) => spreadOf(found[index] as Float64Array, statistic(counts), level));
}

/** Draws the cells of one resample. */
export type DrawInto = (into: Float64Array, random: SeededRandom) => void;

function poissonDrawer(counts: ArrayLike<number>): DrawInto {
  return (into, random) => {
    for (let at = 0; at < counts.length; at++) into[at] = poisson(counts[at] as number, random);
  };
}

function spreadOf(values: Float64Array, centre: number, level: number): Spread {
  const known = values.filter(Number.isFinite).sort();
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const standardError = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
  // A draw without number (nobody bought) is rare; many of them mean that there is too little to say anything.
  if (known.length < 0.95 * values.length) return { deviations: null, standardError };
  const tail = (1 - level) / 2;
  return { deviations: [quantile(known, tail) - centre, quantile(known, 1 - tail) - centre], standardError };
}

function quantile(ascending: Float64Array, share: number): number {
  const at = share * (ascending.length - 1);
  const below = Math.floor(at);
  const low = ascending[below] as number;
  return low + (at - below) * ((ascending[below + 1] ?? low) - low);
}

export function poisson(mean: number, random: SeededRandom): number {
  if (mean === 0) return 0;
  if (mean >= NORMAL_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  // Inversion: the probabilities of 0, 1, 2 … are taken off a uniform number.
  let probability = Math.exp(-mean);
  let left = random.next() - probability;
  let count = 0;
  while (left >= 0 && count < 10 * NORMAL_FROM) {
    count += 1;
    probability *= mean / count;
    left -= probability;
  }
  return count;
}

/**
 * Chance that a ranking which knows nothing has at least this Qini area: (1 + permutations that reach it) / (1 + permutations)
 * (Davison and Hinkley 1997, 4.3), scores shuffled among the rows. Above 50,000 rows from the area's bootstrap error as normal.
 */
export function permutationPValue(
  counts: Uint32Array,
  draws: number,
  seed: number,
  areaError: number,
): PermutationPValue {
  const rows = cellTotals(counts).reduce((sum, count) => sum + count, 0);
  const area = areaOverRandom(counts, qiniValue);
  if (rows > MAX_SHUFFLED) return { value: normalPValue(area, areaError), permutations: 0 };
  const permutations = Math.min(draws, Math.max(FEWEST_PERMUTATIONS, Math.floor(SHUFFLE_BUDGET / rows)));
  const random = seededRandom(seed ^ 0x5bd1e995);
  const cells = cellsOf(counts, rows);
  const shuffled = new Uint32Array(counts.length);
  let reached = 0;
  for (let draw = 0; draw < permutations; draw++) {
    shuffle(cells, random);
    dealOut(cells, counts, shuffled);
    // Rounding must not make an equal area a smaller one.
    if (areaOverRandom(shuffled, qiniValue) >= area - 1e-9 * Math.abs(area)) reached += 1;
  }
  return { value: (1 + reached) / (1 + permutations), permutations };
}

/** Chance that a normal area with that error and mean 0 is at least this one. */
export function normalPValue(area: number, areaError: number): number {
  return normalSurvival(area / areaError);
}

export interface PermutationPValue {
  readonly value: number;
  /** 0 where it is by the normal distribution. */
  readonly permutations: number;
}

function cellsOf(counts: Uint32Array, rows: number): Uint8Array {
  const cells = new Uint8Array(rows);
  let row = 0;
  for (let at = 0; at < counts.length; at++) {
    const end = row + (counts[at] as number);
    cells.fill(at % CELLS, row, end);
    row = end;
  }
  return cells;
}

/** Fisher and Yates. */
function shuffle(cells: Uint8Array, random: SeededRandom): void {
  for (let last = cells.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = cells[last] as number;
    cells[last] = cells[other] as number;
    cells[other] = kept;
  }
}

/** Gives each score as many rows as it has, in the order of `cells`. */
function dealOut(cells: Uint8Array, counts: Uint32Array, into: Uint32Array): void {
  into.fill(0);
  let row = 0;
  for (let at = 0; at < counts.length; at += CELLS) {
    let size = 0;
    for (let cell = 0; cell < CELLS; cell++) size += counts[at + cell] as number;
    for (const end = row + size; row < end; row++) {
      const place = at + (cells[row] as number);
      into[place] = (into[place] as number) + 1;
    }
  }
}
