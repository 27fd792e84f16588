import type { IntervalOptions } from '../evaluation.ts';
import { type Interval, type Metric, metricOf, noMetric } from '../metric.ts';
import type { AmountTable } from './amount-cells.ts';
import { type Difference, shareDifference } from './difference.ts';
import type { ScoreTable } from './score-cells.ts';
import { amountCounts, amountDrawer, amountEffect, amountsBetween, coarsenedAmounts } from './uplift-amounts.ts';
import {
  areaErrorBounds,
  areaOverRandom,
  cellsBetween,
  cellTotals,
  coarsened,
  normalisedUpliftArea,
  qiniCoefficient,
  qiniValue,
  relativeUpliftArea,
} from './uplift-curves.ts';
import { bootstrapSpreads, normalPValue, permutationPValue, type Statistic } from './uplift-resampling.ts';

/** Groups of scores that are resampled and permuted; more change an interval by less than its own noise. */
const RESAMPLED_GROUPS = 1_000;

/** Some customers, both arms of them. */
export interface UpliftPart {
  readonly treated: number;
  readonly control: number;
  /** Mean outcome: a rate or an amount; null where nobody is in the arm. */
  readonly treatedMean: number | null;
  readonly controlMean: number | null;
  /** null where either arm is nobody. */
  readonly effect: Difference | null;
}

export interface Areas {
  readonly metrics: Readonly<Record<'qini' | 'auuc' | 'auucRelative', Metric>>;
  readonly pValue: Metric;
}

/** Outcomes by score, whatever they are: sales or amounts. */
export interface UpliftOutcomes {
  /** Distinct scores (or least scores of bins) in descending order. */
  readonly scores: Float64Array;
  /** `CELLS` a score, as the curves take them; outcomes in `unit`s. */
  readonly counts: Uint32Array | Float64Array;
  readonly unit: number;
  /** Customers from one rank to another, the highest scores first. */
  among(from: number, to: number, level: number): UpliftPart;
  areas(intervals: IntervalOptions): Areas;
}

/** Outcomes of 0 and 1. */
export function binaryOutcomes(table: ScoreTable): UpliftOutcomes {
  const rate = (sales: number, customers: number) => (customers === 0 ? null : sales / customers);
  return {
    scores: table.scores,
    counts: table.counts,
    unit: 1,
    among(from, to, level) {
      const [c0, c1, t0, t1] = cellsBetween(table.counts, from, to);
      const [control, treated] = [c0 + c1, t0 + t1];
      const effect =
        treated === 0 || control === 0
          ? null
          : shareDifference({ successes: c1, count: control }, { successes: t1, count: treated }, level);
      return { treated, control, treatedMean: rate(t1, treated), controlMean: rate(c1, control), effect };
    },
    areas: (intervals) => binaryAreas(table, intervals),
  };
}

/** Outcomes that are any number, such as revenue: no ranking is known to be perfect, so areas are relative to the effect alone. */
export function amountOutcomes(table: AmountTable): UpliftOutcomes {
  const { counts, unit } = amountCounts(table);
  return {
    scores: table.scores,
    counts,
    unit,
    among(from, to, level) {
      const [control, treated] = amountsBetween(table, from, to);
      return {
        treated: treated.rows,
        control: control.rows,
        treatedMean: treated.rows > 0 ? treated.amounts / treated.rows : null,
        controlMean: control.rows > 0 ? control.amounts / control.rows : null,
        effect: amountEffect(control, treated, level),
      };
    },
    areas: (intervals) => amountAreas(table, { counts, unit }, intervals),
  };
}

function binaryAreas(table: ScoreTable, intervals: IntervalOptions): Areas {
  const statistics: Record<string, Statistic> = {
    qini: qiniCoefficient,
    auuc: normalisedUpliftArea,
    auucRelative: relativeUpliftArea,
  };
  const names = Object.keys(statistics);
  const reasons: Record<string, string> = { auucRelative: 'the effect on all customers together is 0' };
  const bounds: Record<string, number> = table.relativeError > 0 ? areaErrorBounds(table.counts) : {};
  const values = names.map((name) => {
    const metric = metricOf(
      statistics[name]?.(table.counts) ?? Number.NaN,
      reasons[name] ?? 'nobody or everybody bought',
    );
    const errorBound = bounds[name];
    return metric.value === null || errorBound === undefined ? metric : { ...metric, errorBound };
  });
  const named = (metrics: readonly Metric[]) =>
    Object.fromEntries(names.map((name, index) => [name, metrics[index] as Metric])) as unknown as Areas['metrics'];
  if (intervals.method === 'none' || values[0]?.value === null) {
    const pValue = noMetric(intervals.method === 'none' ? 'no resampling was asked for' : 'nobody or everybody bought');
    return { metrics: named(values), pValue };
  }
  // No formula is known to hold for these areas: they are resampled where formulas are asked for as well.
  const groups = coarsened(table, RESAMPLED_GROUPS);
  const area: Statistic = (counts) => areaOverRandom(counts, qiniValue);
  const spreads = bootstrapSpreads(groups, [...names.map((name) => statistics[name] as Statistic), area], intervals);
  const metrics = values.map((value, index) => withDeviations(value, spreads[index]?.deviations ?? null));
  const areaError = spreads.at(-1)?.standardError ?? Number.NaN;
  const tested = permutationPValue(table.counts, intervals.draws, intervals.seed, areaError);
  return { metrics: named(metrics), pValue: metricOf(tested.value, 'nothing varies') };
}

function amountAreas(
  table: AmountTable,
  { counts, unit }: Pick<UpliftOutcomes, 'counts' | 'unit'>,
  intervals: IntervalOptions,
): Areas {
  const none = noMetric('outcomes are amounts, of which no ranking is known to be perfect');
  const relative = metricOf(relativeUpliftArea(counts), 'the effect on all customers together is 0');
  if (intervals.method === 'none') {
    const pValue = noMetric('no resampling was asked for');
    return { metrics: { qini: none, auuc: none, auucRelative: relative }, pValue };
  }
  const sums = coarsenedAmounts(table, RESAMPLED_GROUPS);
  const coarse = amountCounts({ ...table, sums });
  const area: Statistic = (cells) => areaOverRandom(cells, qiniValue);
  const statistics = [relativeUpliftArea, area];
  const [spread, ofArea] = bootstrapSpreads(coarse.counts, statistics, intervals, amountDrawer(sums, coarse.unit));
  const error = (ofArea?.standardError ?? Number.NaN) * coarse.unit;
  return {
    metrics: { qini: none, auuc: none, auucRelative: withDeviations(relative, spread?.deviations ?? null) },
    pValue: metricOf(error > 0 ? normalPValue(area(counts) * unit, error) : Number.NaN, 'nothing varies'),
  };
}

function withDeviations(metric: Metric, deviations: Interval | null): Metric {
  if (metric.value === null || deviations === null) return metric;
  const interval: Interval = [metric.value + deviations[0], metric.value + deviations[1]];
  return interval.every(Number.isFinite) ? { ...metric, interval, intervalMethod: 'bootstrap' } : metric;
}

/** Customers of both arms: [control, treated]. */
export function armSizes({ counts }: Pick<UpliftOutcomes, 'counts'>): [number, number] {
  const [c0, c1, t0, t1] = cellTotals(counts);
  return [Math.round(c0 + c1), Math.round(t0 + t1)];
}
