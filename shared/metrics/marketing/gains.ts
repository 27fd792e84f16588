import type { Curve, Table } from '../evaluation.ts';

/**
 * Binary outcomes by score: distinct scores in descending order, with the rows (or weights) with and without the outcome. Scores
 * that are equal have no order, so they are one group.
 */
export interface ScoredOutcomes {
  readonly scores: ArrayLike<number>;
  readonly positives: ArrayLike<number>;
  readonly negatives: ArrayLike<number>;
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

const MAX_CURVE_POINTS = 200;

/**
 * Lift and cumulative gains of equal parts of the rows by score, the highest first (Ling and Li 1998, KDD): with 10 bins, by
 * decile. A group of equal scores that reaches over an edge is divided in proportion, so bins may hold fractions of rows.
 */
export function gainsBins(outcomes: ScoredOutcomes, bins: number): GainsBin[] {
  const edges = cumulativePositives(outcomes);
  const total = edges.total();
  return Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [(total.rows * bin) / bins, (total.rows * (bin + 1)) / bins];
    const [before, after] = [edges.positivesAt(from), edges.positivesAt(to)];
    return {
      rows: to - from,
      positives: after - before,
      lift: liftOf(after - before, to - from, total),
      cumulativeLift: liftOf(after, to, total),
      cumulativeGain: total.positives > 0 ? after / total.positives : null,
    };
  });
}

/**
 * How many times as often the outcome is found among the first `share` of the rows as among all. Null where nobody is positive.
 */
export function liftAt(outcomes: ScoredOutcomes, share: number): number | null {
  const edges = cumulativePositives(outcomes);
  const total = edges.total();
  return liftOf(edges.positivesAt(total.rows * share), total.rows * share, total);
}

export function gainsTable(outcomes: ScoredOutcomes, bins = 10): Table {
  return {
    title: 'Lift and gains by score, the highest first',
    columns: ['part', 'rows', 'positives', 'rate', 'lift', 'cumulativeLift', 'cumulativeGain'],
    rows: gainsBins(outcomes, bins).map((bin, index) => [
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
export function gainsCurve(outcomes: ScoredOutcomes): Curve | null {
  const edges = cumulativePositives(outcomes);
  const total = edges.total();
  if (!(total.positives > 0)) return null;
  const x = evenly(edges.rows).map((rows) => rows / total.rows);
  return {
    title: 'Cumulative gains',
    xLabel: 'share of rows, highest scores first',
    yLabel: 'share of positives found',
    lines: [
      { name: 'score', x, y: x.map((share) => edges.positivesAt(share * total.rows) / total.positives) },
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
}

/**
 * The cut-off with the highest profit: value · positives - cost · rows among the addressed. Of equal profits the one that
 * addresses fewest. It is the best on these rows; on others it will bring a little less.
 */
export function bestCutOff(outcomes: ScoredOutcomes, { valuePerPositive, costPerContact }: ProfitSettings): BestCutOff {
  let [rows, positives] = [0, 0];
  let best = { score: null as number | null, rows: 0, profit: 0 };
  for (let group = 0; group < outcomes.scores.length; group++) {
    positives += outcomes.positives[group] as number;
    rows += (outcomes.positives[group] as number) + (outcomes.negatives[group] as number);
    const profit = valuePerPositive * positives - costPerContact * rows;
    if (profit > best.profit) best = { score: outcomes.scores[group] as number, rows, profit };
  }
  return { score: best.score, share: rows > 0 ? best.rows / rows : 0, profit: best.profit };
}

/** Profit by share of the rows addressed, in the currency of the settings. */
export function profitCurve(outcomes: ScoredOutcomes, { valuePerPositive, costPerContact }: ProfitSettings): Curve {
  const edges = cumulativePositives(outcomes);
  const total = edges.total();
  const rows = evenly(edges.rows);
  const share = (count: number) => (total.rows > 0 ? count / total.rows : 0);
  const whole = valuePerPositive * total.positives - costPerContact * total.rows;
  return {
    title: 'Expected profit',
    xLabel: 'share of rows addressed, highest scores first',
    yLabel: 'profit',
    lines: [
      {
        name: 'score',
        x: rows.map(share),
        y: rows.map((count) => valuePerPositive * edges.positivesAt(count) - costPerContact * count),
      },
      { name: 'at random', x: [0, 1], y: [0, whole], isReference: true },
    ],
  };
}

interface Total {
  readonly rows: number;
  readonly positives: number;
}

/** Positives among the first so many rows, straight between the ends of groups. */
function cumulativePositives({ positives, negatives }: ScoredOutcomes) {
  const rows = new Float64Array(positives.length + 1);
  const found = new Float64Array(positives.length + 1);
  for (let group = 0; group < positives.length; group++) {
    found[group + 1] = (found[group] as number) + (positives[group] as number);
    rows[group + 1] = (rows[group] as number) + (positives[group] as number) + (negatives[group] as number);
  }
  const last = rows.length - 1;
  const positivesAt = (count: number): number => {
    let [low, high] = [0, last];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((rows[middle] as number) < count) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return 0;
    const [start, end] = [rows[low - 1] as number, rows[low] as number];
    const share = end > start ? Math.min(1, (count - start) / (end - start)) : 1;
    return (found[low - 1] as number) + share * ((found[low] as number) - (found[low - 1] as number));
  };
  const total = (): Total => ({ rows: rows[last] as number, positives: found[last] as number });
  return { rows, positivesAt, total };
}

function liftOf(positives: number, rows: number, total: Total): number | null {
  return rows > 0 && total.positives > 0 ? positives / rows / (total.positives / total.rows) : null;
}

/** At most 200 of the values, first and last among them. */
function evenly(values: Float64Array): number[] {
  const points = Math.min(MAX_CURVE_POINTS, values.length);
  const last = values.length - 1;
  return Array.from(
    { length: points },
    (_, i) => values[points === 1 ? 0 : Math.round((i * last) / (points - 1))] as number,
  );
}
