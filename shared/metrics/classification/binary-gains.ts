import { bootstrapCells, type CountedRows, effectiveRows } from '../bootstrap.ts';
import type { Curve, Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import {
  type BestCutOff,
  bestCutOff,
  gainsCurve,
  gainsTable,
  liftsAt,
  type ProfitSettings,
  profitCurve,
} from '../marketing/gains.ts';
import { intervalInWords, inWords } from '../marketing/numbers-in-words.ts';
import { type Interval, type Metric, type Metrics, noMetric } from '../metric.ts';
import { deltaInterval, deltaStandardErrors, normalInterval } from '../normal-interval.ts';
import type { BinaryState } from './binary-state.ts';
import type { ScoreTotals } from './roc.ts';
import { groupedRows } from './score-metrics.ts';

/** Groups of scores that are resampled for an interval of lift, and those of a slice, where the formula is used. */
const LIFT_GROUPS = { whole: 100, slice: 40 } as const;
const DECILES = 10;

type Gains = Required<Pick<Evaluation, 'metrics' | 'tables' | 'curves' | 'summary'>>;
type State = Pick<BinaryState, 'scores' | 'settings' | 'size'>;

/**
 * What the score is worth to who addresses the highest scores first: lift, gains by decile and, where settings say what a positive
 * brings and a contact costs, the profit and its best cut-off. Tables and curves of whole states alone.
 */
export function binaryGains(state: State, totals: ScoreTotals, intervals: IntervalOptions): Gains {
  const isWhole = state.size === 'whole';
  const hasRows = totals.positives + totals.negatives > 0;
  const gains = isWhole && hasRows ? gainsCurve(state.scores, totals) : null;
  const deciles: Record<string, Table> = isWhole && hasRows ? { gains: gainsTable(state.scores, totals, DECILES) } : {};
  const profit = profitOf(state, totals, intervals);
  return {
    metrics: { ...liftMetrics(state, totals, intervals), ...profit.metrics },
    tables: deciles,
    curves: { ...(gains === null ? {} : { gains }), ...profit.curves },
    summary: profit.summary,
  };
}

function liftMetrics({ scores, settings, size }: State, totals: ScoreTotals, intervals: IntervalOptions): Metrics {
  const names = settings.atPercents.map((percent) => `lift@${percent}`);
  const { positives, negatives } = totals;
  if (positives === 0) {
    const reason = negatives === 0 ? 'there are no rows' : 'no row is labelled 1';
    return Object.fromEntries(names.map((name) => [name, noMetric(reason)]));
  }
  const shares = settings.atPercents.map((percent) => percent / 100);
  const said = liftIntervals(groupedRows(scores, totals, LIFT_GROUPS[size]), shares, size, intervals);
  const metrics = liftsAt(scores, totals, shares).map(({ value, errorBound }, place): Metric => {
    if (value === null) return noMetric('no row is labelled 1');
    const { moved, intervalMethod } = said[place] ?? {};
    const interval: Interval | undefined = moved && [Math.max(0, value + moved[0]), value + moved[1]];
    return {
      value,
      ...(interval && intervalMethod ? { interval, intervalMethod } : {}),
      ...(scores.isExact ? {} : { errorBound }),
    };
  });
  return Object.fromEntries(names.map((name, place) => [name, metrics[place] as Metric]));
}

interface Moved {
  /** Ends of the interval less the figure of the groups, which is a little another than that of the rows. */
  readonly moved?: Interval;
  readonly intervalMethod?: string;
}

/** By resampling groups of neighbouring scores, the edge moving with the draw; by the delta method over them in slices. */
function liftIntervals(
  cells: readonly CountedRows[],
  shares: readonly number[],
  size: State['size'],
  intervals: IntervalOptions,
): readonly Moved[] {
  if (intervals.method === 'none') return [];
  const weights = Float64Array.from(cells, ({ rows, mean }) => rows * mean);
  const lifts = (drawn: Float64Array) => liftsOfCells(drawn, shares);
  const grouped = lifts(weights);
  const around = (interval: Interval | undefined, value: number, intervalMethod: string): Moved =>
    interval === undefined ? {} : { moved: [interval[0] - value, interval[1] - value], intervalMethod };
  if (intervals.method === 'bootstrap' && size === 'whole') {
    const found = bootstrapCells(cells, lifts, intervals);
    return grouped.map((value, place) => around(found[place], value, 'bootstrap'));
  }
  const squares = cells.map(({ rows, mean }) => rows * mean * mean);
  const errors = deltaStandardErrors(weights, squares, lifts);
  return grouped.map((value, place) => {
    const { interval } = deltaInterval(value, errors[place] ?? Number.NaN, intervals.level, [0, Number.MAX_VALUE]);
    return around(interval, value, 'delta');
  });
}

/** Cells are the positives and negatives of each group in turn, from the greatest scores down. */
function liftsOfCells(cells: Float64Array, shares: readonly number[]): number[] {
  let [positives, negatives] = [0, 0];
  for (let i = 0; i < cells.length; i += 2) {
    positives += cells[i] as number;
    negatives += cells[i + 1] as number;
  }
  const walkDown = (
    visit: (score: number, p: number, n: number, pp: number, nn: number, isBlurred: boolean) => void,
  ) => {
    for (let i = 0; i < cells.length; i += 2) visit(-i, cells[i] as number, cells[i + 1] as number, 0, 0, false);
  };
  return liftsAt({ walkDown }, { positives, negatives }, shares).map(({ value }) => value ?? Number.NaN);
}

function profitOf({ scores, settings, size }: State, totals: ScoreTotals, intervals: IntervalOptions) {
  const { valuePerPositive, costPerContact } = settings;
  if (valuePerPositive === null || costPerContact === null) return { metrics: {}, curves: {}, summary: [] };
  const names = ['bestCutOff', 'bestShare', 'bestProfit'];
  if (totals.positives + totals.negatives === 0) {
    const metrics = Object.fromEntries(names.map((name) => [name, noMetric('there are no rows')]));
    return { metrics, curves: {}, summary: [] };
  }
  const money = { valuePerPositive, costPerContact };
  const best = bestCutOff(scores, money);
  const found = profitInterval(best, totals, scores.walkDown.bind(scores), money, intervals);
  const metrics: Metrics = {
    bestCutOff: best.score === null ? noMetric('addressing nobody is best') : { value: best.score },
    bestShare: { value: best.share },
    bestProfit: { value: best.profit, ...found, ...(scores.isExact ? {} : { errorBound: best.errorBound }) },
  };
  const curves: Record<string, Curve> = size === 'whole' ? { profit: profitCurve(scores, totals, money, best) } : {};
  return {
    metrics,
    curves,
    summary: size === 'whole' ? [sentence(best, totals, money, found.interval, intervals)] : [],
  };
}

type WalkDown = BinaryState['scores']['walkDown'];

/**
 * What the chosen cut-off brings on other rows as many as these, the cut-off held fast: resampled are the rows addressed with and
 * without the outcome and the rest, as nothing else of a row matters; or the normal formula. That the cut-off was chosen on these
 * very rows is not in it.
 */
function profitInterval(
  { score, addressed }: BestCutOff,
  totals: ScoreTotals,
  walkDown: WalkDown,
  { valuePerPositive, costPerContact }: ProfitSettings,
  intervals: IntervalOptions,
): Pick<Metric, 'interval' | 'intervalMethod'> {
  if (score === null || intervals.method === 'none') return {};
  let squares = 0;
  walkDown((_, _p, _n, pp, nn) => {
    squares += pp + nn;
  });
  const weight = totals.positives + totals.negatives;
  const rest = [
    weight - addressed.positives - addressed.negatives,
    squares - addressed.positiveSquares - addressed.negativeSquares,
  ] as const;
  const worth = [valuePerPositive - costPerContact, -costPerContact, 0] as const;
  const profit = worth[0] * addressed.positives + worth[1] * addressed.negatives;
  if (intervals.method === 'analytic') {
    const each = profit / weight;
    const variance =
      addressed.positiveSquares * (worth[0] - each) ** 2 +
      addressed.negativeSquares * (worth[1] - each) ** 2 +
      Math.max(0, rest[1]) * each ** 2;
    const interval = variance > 0 ? normalInterval(profit, Math.sqrt(variance), intervals.level) : undefined;
    return interval === undefined ? {} : { interval, intervalMethod: 'normal' };
  }
  const cells = [
    effectiveRows(addressed.positives, addressed.positiveSquares),
    effectiveRows(addressed.negatives, addressed.negativeSquares),
    rest[0] > 0 && rest[1] > 0 ? effectiveRows(rest[0], rest[1]) : effectiveRows(0, 0),
  ];
  const ofDraw = ([p = 0, n = 0, others = 0]: Float64Array) => [
    ((worth[0] * p + worth[1] * n) / (p + n + others)) * weight,
  ];
  const [interval] = bootstrapCells(cells, ofDraw, intervals);
  return interval === undefined ? {} : { interval, intervalMethod: 'bootstrap' };
}

function sentence(
  { score, share, profit }: BestCutOff,
  totals: ScoreTotals,
  { valuePerPositive, costPerContact }: ProfitSettings,
  interval: Interval | undefined,
  { level }: IntervalOptions,
): string {
  if (score === null) return 'Address nobody: at no cut-off do the positives bring in more than the contacts cost.';
  const rows = totals.positives + totals.negatives;
  const all = valuePerPositive * totals.positives - costPerContact * rows;
  const range = interval === undefined ? '' : ` (${intervalInWords(interval, level, 2)})`;
  const doubt = interval !== undefined && interval[0] <= 0 ? ' That it earns anything at all is not shown.' : '';
  const whom =
    share === 1
      ? 'Address all'
      : `Address the ${inWords(100 * share, 1)} % with a score of at least ${Number(score.toPrecision(6))}`;
  const earned = `${whom}: that earned ${inWords(profit, 2)} on these ${inWords(rows, 0)} rows${range}`;
  const otherwise = share === 1 ? '' : `, all of them ${inWords(all, 2)}`;
  return `${earned}${otherwise}; on others a little less, as the cut-off was chosen on these.${doubt}`;
}
