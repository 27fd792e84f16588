import { CELLS, type ScoreTable } from './score-cells.ts';

/** Cells of a score: treatment and outcome, as 2 · treatment + outcome. */
export const UPLIFT_CELL = { controlWithout: 0, controlWith: 1, treatedWithout: 2, treatedWith: 3 } as const;

/** Points of a curve after each distinct score, from (0, 0) on. */
export interface Points {
  /** Customers addressed so far. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

type CurveValue = (treated: number, treatedWith: number, control: number, controlWith: number) => number;

/**
 * Sales gained among the customers with the highest scores, in numbers of treated customers (Radcliffe 2007): treated sales -
 * control sales · treated / control; 0 control customers count as no control sales. As scikit-uplift's `qini_curve`.
 */
export const qiniValue: CurveValue = (treated, treatedWith, control, controlWith) =>
  treatedWith - (control === 0 ? 0 : (controlWith * treated) / control);

/** Difference of the two rates times all customers so far, a rate of nobody being 0. As scikit-uplift's `uplift_curve`. */
export const upliftValue: CurveValue = (treated, treatedWith, control, controlWith) =>
  ((treated === 0 ? 0 : treatedWith / treated) - (control === 0 ? 0 : controlWith / control)) * (treated + control);

export function curvePoints(counts: ArrayLike<number>, value: CurveValue): Points {
  const groups = counts.length / CELLS;
  const x = new Float64Array(groups + 1);
  const y = new Float64Array(groups + 1);
  let [treated, treatedWith, control, controlWith] = [0, 0, 0, 0];
  for (let group = 0; group < groups; group++) {
    const at = CELLS * group;
    const [c0, c1] = [counts[at] as number, counts[at + 1] as number];
    const [t0, t1] = [counts[at + 2] as number, counts[at + 3] as number];
    control += c0 + c1;
    controlWith += c1;
    treated += t0 + t1;
    treatedWith += t1;
    x[group + 1] = treated + control;
    y[group + 1] = value(treated, treatedWith, control, controlWith);
  }
  return { x, y };
}

/**
 * Area under a curve less that under the line from (0, 0) to its end; without the points themselves, as resampling asks often.
 */
export function areaOverRandom(counts: ArrayLike<number>, value: CurveValue): number {
  const { area, rows, end } = walk(counts, value);
  return area - 0.5 * rows * end;
}

function walk(counts: ArrayLike<number>, value: CurveValue): { area: number; rows: number; end: number } {
  let [treated, treatedWith, control, controlWith] = [0, 0, 0, 0];
  let [area, rows, end] = [0, 0, 0];
  for (let at = 0; at < counts.length; at += CELLS) {
    const bought = counts[at + 1] as number;
    const treatedBought = counts[at + 3] as number;
    control += (counts[at] as number) + bought;
    controlWith += bought;
    treated += (counts[at + 2] as number) + treatedBought;
    treatedWith += treatedBought;
    const next = value(treated, treatedWith, control, controlWith);
    area += 0.5 * (next + end) * (treated + control - rows);
    rows = treated + control;
    end = next;
  }
  return { area, rows, end };
}

/**
 * By how much the area could be another one, were the rows of each group in some order: both curves rise with treated sales and
 * with control customers and fall with control sales and with treated customers, so that within a group they stay between two
 * values.
 */
export function areaErrorBound(counts: ArrayLike<number>, value: CurveValue): number {
  let [treated, treatedWith, control, controlWith] = [0, 0, 0, 0];
  let bound = 0;
  for (let at = 0; at < counts.length; at += CELLS) {
    const [c0, c1] = [counts[at] as number, counts[at + 1] as number];
    const [t0, t1] = [counts[at + 2] as number, counts[at + 3] as number];
    const [treatedSales, controlSales] = [treatedWith + t1, controlWith + c1];
    // At any point an arm has at least as many customers as sales.
    const highest = value(Math.max(treated, treatedSales), treatedSales, control + c0 + c1, controlWith);
    const lowest = value(treated + t0 + t1, treatedWith, Math.max(control, controlSales), controlSales);
    const rows = c0 + c1 + t0 + t1;
    if (rows > 1) bound += rows * (highest - lowest);
    treated += t0 + t1;
    control += c0 + c1;
    treatedWith = treatedSales;
    controlWith = controlSales;
  }
  return bound;
}

/** Totals of the four cells. */
export function cellTotals(counts: ArrayLike<number>): [number, number, number, number] {
  let [c0, c1, t0, t1] = [0, 0, 0, 0];
  for (let at = 0; at < counts.length; at += CELLS) {
    c0 += counts[at] as number;
    c1 += counts[at + 1] as number;
    t0 += counts[at + 2] as number;
    t1 += counts[at + 3] as number;
  }
  return [c0, c1, t0, t1];
}

/**
 * The ranking that would know everything, groups in its order: who buys because of the mail first, who buys without it last. For
 * the Qini curve by the treated sales first, then all without a sale, then the control's sales.
 */
function perfectQini([c0, c1, t0, t1]: readonly number[]): number[] {
  return grouped([
    [0, 0, 0, t1 ?? 0],
    [c0 ?? 0, 0, t0 ?? 0, 0],
    [0, c1 ?? 0, 0, 0],
  ]);
}

/** As scikit-uplift's `perfect_uplift_curve`: scores 2 · (outcome = treatment) + (outcome or treatment, whichever ties less). */
function perfectUplift([c0 = 0, c1 = 0, t0 = 0, t1 = 0]: readonly number[]): number[] {
  const between =
    c1 > t0
      ? [
          [0, c1, 0, 0],
          [0, 0, t0, 0],
        ]
      : [
          [0, 0, t0, 0],
          [0, c1, 0, 0],
        ];
  return grouped([[0, 0, 0, t1], [c0, 0, 0, 0], ...between]);
}

/** Without the groups that hold nobody, which would be no points of a curve. */
function grouped(groups: readonly (readonly number[])[]): number[] {
  return groups.filter((cells) => cells.some((count) => count > 0)).flat();
}

/** Area between the Qini curve and random's, relative to the perfect ranking's: random is 0, perfect 1 (`qini_auc_score`). */
export function qiniCoefficient(counts: ArrayLike<number>): number {
  return areaOverRandom(counts, qiniValue) / areaOverRandom(perfectQini(cellTotals(counts)), qiniValue);
}

/** The same of the uplift curve: random is 0, perfect 1 (`uplift_auc_score`). */
export function normalisedUpliftArea(counts: ArrayLike<number>): number {
  return areaOverRandom(counts, upliftValue) / areaOverRandom(perfectUplift(cellTotals(counts)), upliftValue);
}

/**
 * Area under the uplift curve with both axes from 0 to 1: customers by their number, uplift by the end's, so that random is 0.5
 * whatever the effect. No number where the whole effect is 0.
 */
export function relativeUpliftArea(counts: ArrayLike<number>): number {
  const { area, rows, end } = walk(counts, upliftValue);
  return area / (rows * end);
}

/** Bounds of the three areas' errors where groups hold scores that were told apart no further. */
export function areaErrorBounds(counts: ArrayLike<number>): { qini: number; auuc: number; auucRelative: number } {
  const totals = cellTotals(counts);
  const [qini, uplift] = [areaErrorBound(counts, qiniValue), areaErrorBound(counts, upliftValue)];
  const { rows, end } = walk(counts, upliftValue);
  return {
    qini: qini / areaOverRandom(perfectQini(totals), qiniValue),
    auuc: uplift / areaOverRandom(perfectUplift(totals), upliftValue),
    auucRelative: uplift / Math.abs(rows * end),
  };
}

/** A score's group that reaches over a boundary is divided in proportion, so that rows with one score have no order. */
export function cellsBetween(counts: ArrayLike<number>, from: number, to: number): [number, number, number, number] {
  const totals: [number, number, number, number] = [0, 0, 0, 0];
  let before = 0;
  for (let at = 0; at < counts.length && before < to; at += CELLS) {
    let rows = 0;
    for (let cell = 0; cell < CELLS; cell++) rows += counts[at + cell] as number;
    const inside = Math.min(to, before + rows) - Math.max(from, before);
    const share = inside > 0 ? inside / rows : 0;
    if (share > 0)
      for (let cell = 0; cell < CELLS; cell++)
        totals[cell] = (totals[cell] as number) + share * (counts[at + cell] as number);
    before += rows;
  }
  return totals;
}

/** Rate of the treated less that of the control; NaN where either is nobody. */
export function upliftOf([c0 = 0, c1 = 0, t0 = 0, t1 = 0]: readonly number[]): number {
  return t1 / (t0 + t1) - c1 / (c0 + c1);
}

/** Uplift among the first `share` of all customers by score, whole customers (`uplift_at_k` with `strategy='overall'`). */
export function upliftAt(counts: ArrayLike<number>, share: number): number {
  const rows = cellTotals(counts).reduce((sum, count) => sum + count, 0);
  return upliftOf(cellsBetween(counts, 0, Math.floor(rows * share)));
}

/** Tenths (or others) of the customers by score, the first ones larger by one where they don't come out even. */
export function upliftByBin(counts: ArrayLike<number>, bins: number): [number, number, number, number][] {
  const rows = cellTotals(counts).reduce((sum, count) => sum + count, 0);
  const size = Math.floor(rows / bins);
  const larger = rows % bins;
  const edge = (bin: number) => bin * size + Math.min(bin, larger);
  return Array.from({ length: bins }, (_, bin) => cellsBetween(counts, edge(bin), edge(bin + 1)));
}

/** The table in at most `groups` groups of neighbouring scores of about the same size. */
export function coarsened({ counts }: Pick<ScoreTable, 'counts'>, groups: number): Uint32Array {
  if (counts.length <= CELLS * groups) return counts;
  const rows = cellTotals(counts).reduce((sum, count) => sum + count, 0);
  const coarse = new Uint32Array(CELLS * groups);
  let before = 0;
  for (let at = 0; at < counts.length; at += CELLS) {
    const group = Math.min(groups - 1, Math.floor((before / rows) * groups));
    for (let cell = 0; cell < CELLS; cell++) {
      const count = counts[at + cell] as number;
      coarse[CELLS * group + cell] = (coarse[CELLS * group + cell] as number) + count;
      before += count;
    }
  }
  return coarse;
}
