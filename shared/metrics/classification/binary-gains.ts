import { bootstrapCells, type CountedRows } from '../bootstrap.ts';
import type { Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import { gainsCurve, gainsTable, liftsAt } from '../marketing/gains.ts';
import { type Interval, type Metric, type Metrics, noMetric } from '../metric.ts';
import { deltaInterval, deltaStandardErrors } from '../normal-interval.ts';
import { binaryProfit } from './binary-profit.ts';
import type { BinaryState } from './binary-state.ts';
import type { ScoreTotals } from './roc.ts';
import { groupedRows } from './score-metrics.ts';
import { scoredOutcomes } from './scored-outcomes.ts';

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
  const gains = isWhole && hasRows ? gainsCurve(scoredOutcomes(state.scores), totals) : null;
  const deciles: Record<string, Table> =
    isWhole && hasRows ? { gains: gainsTable(scoredOutcomes(state.scores), totals, DECILES) } : {};
  const profit = binaryProfit(state, totals, intervals);
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
  const said = liftIntervals(() => groupedRows(scores, totals, LIFT_GROUPS[size]), shares, size, intervals);
  const metrics = liftsAt(scoredOutcomes(scores), totals, shares).map(({ value, errorBound }, place): Metric => {
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
  group: () => readonly CountedRows[],
  shares: readonly number[],
  size: State['size'],
  intervals: IntervalOptions,
): readonly Moved[] {
  if (intervals.method === 'none') return [];
  const cells = group();
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
