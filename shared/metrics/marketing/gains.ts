import { ThinnedPoints } from '../classification/thinned-points.ts';
import type { Curve, Table } from '../evaluation.ts';

/**
 * Binary outcomes by score: the rows (or weights) with and without the outcome of each distinct score, visited in descending order.
 * Scores that are equal have no order, so they are one group. A blurred group is a bin of scores that do have an order, which is
 * not known.
 */
export interface ScoredOutcomes {
  walkDown(visit: VisitOutcomes): void;
}

type VisitOutcomes = (
  score: number,
  positives: number,
  negatives: number,
  positiveSquares: number,
  negativeSquares: number,
  isBlurred: boolean,
) => void;

export interface OutcomeTotals {
  readonly positives: number;
  readonly negatives: number;
}

export interface GainsBin {
  readonly rows: number;
  readonly positives: number;
  /** Rate within the bin by the rate of all; null where nobody is positive or the bin holds nobody. */
  readonly lift: number | null;
  /** The same of this and all bins with higher scores. */
  readonly cumulativeLift: number | null;
  /** Share of all positives found so far; null where there are none. */
  readonly cumulativeGain: number | null;
}

/**
 * Lift and cumulative gains of equal parts of the rows by score, the highest first (Ling and Li 1998, KDD): with 10 bins, by
 * decile. A group of equal scores that reaches over an edge is divided in proportion, so bins may hold fractions of rows.
 */
export function gainsBins(outcomes: ScoredOutcomes, totals: OutcomeTotals, bins: number): GainsBin[] {
  const rows = totals.positives + totals.negatives;
  const edges = Array.from({ length: bins + 1 }, (_, edge) => (rows * edge) / bins);
  const found = foundAt(outcomes, edges);
  return Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [edges[bin] as number, edges[bin + 1] as number];
    const [before, after] = [found[bin]?.positives ?? 0, found[bin + 1]?.positives ?? 0];
    return {
      rows: to - from,
      positives: after - before,
      lift: liftOf(after - before, to - from, totals),
      cumulativeLift: liftOf(after, to, totals),
      cumulativeGain: totals.positives > 0 ? after / totals.positives : null,
    };
  });
}

export interface Lift {
  /** How many times as often the outcome is found among the first rows as among all. Null where nobody is positive. */
  readonly value: number | null;
  /** How far the true one may be from it, where scores of a group are not told apart; else 0. */
  readonly errorBound: number;
}

/** The lift among the first of each share of the rows; shares in ascending order. */
export function liftsAt(outcomes: ScoredOutcomes, totals: OutcomeTotals, shares: readonly number[]): Lift[] {
  const rows = totals.positives + totals.negatives;
  const edges = shares.map((share) => share * rows);
  return foundAt(outcomes, edges).map(({ positives, errorBound }, place) => ({
    value: liftOf(positives, edges[place] as number, totals),
    errorBound: liftOf(errorBound, edges[place] as number, totals) ?? 0,
  }));
}

export function gainsTable(outcomes: ScoredOutcomes, totals: OutcomeTotals, bins = 10): Table {
  return {
    title: 'Lift and gains by score, the highest first',
    columns: ['part', 'rows', 'positives', 'rate', 'lift', 'cumulativeLift', 'cumulativeGain'],
    rows: gainsBins(outcomes, totals, bins).map((bin, index) => [
      index + 1,
      bin.rows,
      bin.positives,
      bin.rows > 0 ? bin.positives / bin.rows : null,
      bin.lift,
      bin.cumulativeLift,
      bin.cumulativeGain,
    ]),
  };
}

/** Share of the positives found by share of the rows addressed; null where nobody is positive. */
export function gainsCurve(outcomes: ScoredOutcomes, totals: OutcomeTotals): Curve | null {
  if (!(totals.positives > 0)) return null;
  return {
    title: 'Cumulative gains',
    xLabel: 'share of rows, highest scores first',
    yLabel: 'share of positives found',
    lines: [
      { name: 'score', ...lineOf(outcomes, totals, (positives) => positives / totals.positives) },
      { name: 'at random', x: [0, 1], y: [0, 1], isReference: true },
    ],
  };
}

export interface ProfitSettings {
  /** What a row with the outcome brings where it is addressed, its cost not taken off. */
  readonly valuePerPositive: number;
  /** What addressing a row costs. */
  readonly costPerContact: number;
}

export interface BestCutOff {
  /** Rows with at least this score are to be addressed; null where addressing nobody is best. */
  readonly score: number | null;
  readonly share: number;
  /** Of all rows together; 0 where addressing nobody is best. */
  readonly profit: number;
  /** How much more a cut-off within a bin might have brought; 0 while scores are exact. */
  readonly errorBound: number;
  /** Rows (or weights) that are addressed, and the sums of their weights' squares. */
  readonly addressed: {
    readonly positives: number;
    readonly negatives: number;
    readonly positiveSquares: number;
    readonly negativeSquares: number;
  };
}

/**
 * The cut-off with the highest profit: value · positives - cost · rows among the addressed. Of equal profits the one that
 * addresses fewest. It is the best on these rows; on others it will bring a little less.
 */
export function bestCutOff(outcomes: ScoredOutcomes, { valuePerPositive, costPerContact }: ProfitSettings): BestCutOff {
  let [positives, negatives, positiveSquares, negativeSquares] = [0, 0, 0, 0];
  let score: number | null = null;
  let addressed = { positives, negatives, positiveSquares, negativeSquares };
  let [profit, reachable] = [0, 0];
  outcomes.walkDown((at, p, n, pp, nn, isBlurred) => {
    const before = valuePerPositive * positives - costPerContact * (positives + negatives);
    // Within a bin all positives might come first.
    if (isBlurred) reachable = Math.max(reachable, before + Math.max(0, valuePerPositive - costPerContact) * p);
    positives += p;
    negatives += n;
    positiveSquares += pp;
    negativeSquares += nn;
    const here = valuePerPositive * positives - costPerContact * (positives + negatives);
    if (here <= profit) return;
    [profit, score] = [here, at];
    addressed = { positives, negatives, positiveSquares, negativeSquares };
  });
  const rows = positives + negatives;
  return {
    score,
    share: rows > 0 ? (addressed.positives + addressed.negatives) / rows : 0,
    profit,
    errorBound: Math.max(0, reachable - profit),
    addressed,
  };
}

/** Profit by share of the rows addressed, in the currency of the settings; a dashed line stands at the best cut-off. */
export function profitCurve(
  outcomes: ScoredOutcomes,
  totals: OutcomeTotals,
  { valuePerPositive, costPerContact }: ProfitSettings,
  best: Pick<BestCutOff, 'share' | 'profit'>,
): Curve {
  const profitOf = (positives: number, rows: number) => valuePerPositive * positives - costPerContact * rows;
  const whole = profitOf(totals.positives, totals.positives + totals.negatives);
  return {
    title: 'Expected profit',
    xLabel: 'share of rows addressed, highest scores first',
    yLabel: 'profit',
    lines: [
      { name: 'score', ...lineOf(outcomes, totals, profitOf) },
      { name: 'at random', x: [0, 1], y: [0, whole], isReference: true },
      { name: 'best cut-off', x: [best.share, best.share], y: [0, best.profit], isReference: true },
    ],
  };
}

/** A value along the share of rows, from nobody to all. */
function lineOf(
  outcomes: ScoredOutcomes,
  totals: OutcomeTotals,
  worth: (positives: number, rows: number) => number,
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  const all = totals.positives + totals.negatives;
  const points = new ThinnedPoints(totals.positives > 0 ? 2 : 1);
  let [positives, rows] = [0, 0];
  points.first(0, worth(0, 0));
  outcomes.walkDown((_, p, n) => {
    positives += p;
    rows += p + n;
    const gain = totals.positives > 0 ? positives / totals.positives : 0;
    points.next(rows / all, worth(positives, rows), rows / all + gain);
  });
  return points.line();
}

interface Found {
  readonly positives: number;
  readonly errorBound: number;
}

/** Positives among the first so many rows, straight between the ends of groups; counts in ascending order. */
function foundAt(outcomes: ScoredOutcomes, counts: readonly number[]): Found[] {
  const found: Found[] = [];
  let [rows, positives] = [0, 0];
  outcomes.walkDown((_, p, n, _pp, _nn, isBlurred) => {
    const size = p + n;
    for (let count = counts[found.length]; count !== undefined && count <= rows + size; count = counts[found.length]) {
      const inside = Math.max(0, count - rows);
      const share = inside >= size ? 1 : inside / size;
      const most = Math.min(p, inside);
      const fewest = Math.max(0, inside - n);
      const errorBound = isBlurred && share < 1 ? Math.max(most - share * p, share * p - fewest) : 0;
      found.push({ positives: positives + share * p, errorBound });
    }
    rows += size;
    positives += p;
  });
  // Rounding may leave the last edges beyond the end.
  while (found.length < counts.length) found.push({ positives, errorBound: 0 });
  return found;
}

function liftOf(positives: number, rows: number, totals: OutcomeTotals): number | null {
  const all = totals.positives + totals.negatives;
  return rows > 0 && totals.positives > 0 ? positives / rows / (totals.positives / all) : null;
}
