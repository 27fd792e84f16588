import type { Evaluation, IntervalOptions, SliceColumn, SliceEvaluation, Table } from '../evaluation.ts';
import { type Metric, noMetric } from '../metric.ts';
import { NO_VALUE, OTHER_VALUES } from '../slices/slice-column.ts';
import {
  differenceInterval,
  type GroupRate,
  largestDifference,
  leastRatio,
  ratioInterval,
  trialsOf,
} from './group-rates.ts';

export interface FairnessOptions {
  /** Groups with fewer rows, or with fewer rows behind a rate, are named in a warning. */
  readonly leastRows: number;
}

export const DEFAULT_FAIRNESS_OPTIONS: FairnessOptions = { leastRows: 30 };

/** Rates of a binary classification that are compared, as `Evaluation.metrics` names them. */
const RATES = ['selectionRate', 'recall', 'falsePositiveRate', 'precision'] as const;
type RateName = (typeof RATES)[number];

/**
 * What is asked of groups, and by which rates:
 *
 * - demographic parity: all are selected alike
 * - equal opportunity (Hardt et al. 2016): of those labelled 1, all are recognised alike
 * - equalised odds (Hardt et al. 2016): besides, of those labelled 0, all are mistaken alike; the worse of both rates counts
 * - predictive parity (Chouldechova 2017): of those selected, equally many are labelled 1
 *
 * The last two can't both hold where the groups' prevalence differs (Chouldechova 2017): which one matters is the reader's choice.
 */
const CRITERIA: Readonly<Record<string, readonly RateName[]>> = {
  demographicParity: ['selectionRate'],
  equalOpportunity: ['recall'],
  equalizedOdds: ['recall', 'falsePositiveRate'],
  predictiveParity: ['precision'],
};

/** The share of the most selected group from which on selection is usually called even (29 CFR 1607.4 D). */
const FOUR_FIFTHS = 0.8;

const TEXTS: Readonly<Record<RateName, string>> = {
  selectionRate: 'selection rate',
  recall: 'recall',
  falsePositiveRate: 'false positive rate',
  precision: 'precision',
};

/**
 * How evenly a binary classification treats the groups of a sliced column: for each criterion `…Difference`, the largest difference
 * between two groups (0 is even), and `…Ratio`, the least share over the largest (1 is even), named as fairlearn names them. A group
 * for which a rate does not exist (no positives, none selected) is left out of what needs it; so are rows without a value and those
 * of `(other)`, which are no groups. `intervals` must be those that the slices were evaluated with.
 */
export function fairnessOf(
  column: SliceColumn,
  intervals: IntervalOptions,
  options = DEFAULT_FAIRNESS_OPTIONS,
): Evaluation {
  const groups = column.values.filter(({ value }) => value !== NO_VALUE && value !== OTHER_VALUES);
  const metrics: Record<string, Metric> = {};
  for (const [criterion, names] of Object.entries(CRITERIA)) {
    const families = names.map((name) => ratesOf(groups, name, intervals));
    metrics[`${criterion}Difference`] = differenceMetric(families, intervals);
    metrics[`${criterion}Ratio`] = ratioMetric(families, intervals);
  }
  const [selection] = [ratesOf(groups, 'selectionRate', intervals)];
  return {
    metrics,
    summary: summaryOf(column.column, selection, metrics['demographicParityDifference'] as Metric, intervals.level),
    tables: { groups: groupsTable(column.column, groups) },
    warnings: [...leftOut(column, groups), ...fewRows(groups, options.leastRows), ...belowFourFifths(selection)],
  };
}

/** Rates that exist; without intervals the trials are unknown, and taken for the group's rows. */
function ratesOf(groups: readonly SliceEvaluation[], name: RateName, { level }: IntervalOptions): GroupRate[] {
  return groups.flatMap(({ value, rows, evaluation }) => {
    const metric = evaluation.metrics[name];
    const share = metric?.value ?? null;
    if (metric === undefined || share === null) return [];
    return [{ group: value, share, trials: trialsOf(metric, level) ?? rows }];
  });
}

function differenceMetric(families: readonly (readonly GroupRate[])[], { method, level }: IntervalOptions): Metric {
  if (families.some((rates) => rates.length < 2))
    return noMetric('fewer than two groups have the rates that it compares');
  const value = Math.max(...families.map(largestDifference));
  if (method === 'none') return { value };
  return { value, interval: differenceInterval(families, level), intervalMethod: 'newcombe' };
}

function ratioMetric(families: readonly (readonly GroupRate[])[], { method, level }: IntervalOptions): Metric {
  if (families.some((rates) => rates.length < 2))
    return noMetric('fewer than two groups have the rates that it compares');
  const ratios = families.map(leastRatio);
  if (ratios.some(Number.isNaN)) return noMetric('a rate is 0 in all groups, so that there is no ratio');
  const value = Math.min(...ratios);
  const interval = method === 'none' ? undefined : ratioInterval(families, level);
  return interval ? { value, interval, intervalMethod: 'donner-zou' } : { value };
}

function summaryOf(column: string, selection: readonly GroupRate[], difference: Metric, level: number): string[] {
  const ascending = [...selection].sort((a, b) => a.share - b.share);
  const [least, most] = [ascending[0], ascending.at(-1)];
  if (least === undefined || most === undefined || least === most) {
    return [`There are no two groups of ${column} to compare.`];
  }
  const { interval } = difference;
  const range = interval
    ? ` (${Number((level * 100).toFixed(1))} %: ${points(interval[0])} to ${points(interval[1])})`
    : '';
  return [
    `By ${column}, from ${points(least.share)} % (${least.group}) to ${points(most.share)} % (${most.group}) are selected: ` +
      `${points(most.share - least.share)} points apart${range}.`,
  ];
}

function points(share: number): string {
  return (share * 100).toFixed(1);
}

function groupsTable(column: string, groups: readonly SliceEvaluation[]): Table {
  return {
    title: `Rates by ${column}`,
    columns: [column, 'rows', ...RATES.flatMap((name) => [name, `${name}Lower`, `${name}Upper`])],
    rows: groups.map(({ value, rows, evaluation }) => [
      value,
      rows,
      ...RATES.flatMap((name) => {
        const metric = evaluation.metrics[name];
        return [metric?.value ?? null, metric?.interval?.[0] ?? null, metric?.interval?.[1] ?? null];
      }),
    ]),
  };
}

function leftOut({ column, values }: SliceColumn, groups: readonly SliceEvaluation[]): string[] {
  const rows = values.reduce((sum, slice) => sum + slice.rows, 0) - groups.reduce((sum, slice) => sum + slice.rows, 0);
  return rows > 0
    ? [`${rows} rows are of no group of ${column} (no value, or one of too many): they are left out.`]
    : [];
}

function fewRows(groups: readonly SliceEvaluation[], leastRows: number): string[] {
  return groups.flatMap(({ value, rows, evaluation: { metrics } }) => {
    if (rows < leastRows) return [`Group ${value} has only ${rows} rows: its rates are uncertain.`];
    const missing = RATES.filter((name) => (metrics[name]?.value ?? null) === null).map((name) => TEXTS[name]);
    const told =
      missing.length > 0 ? [`Group ${value} has no ${missing.join(' and no ')}: it is not compared by that.`] : [];
    const positives = rows * (metrics['prevalence']?.value ?? 0);
    const few = [positives, rows - positives].map(Math.round).findIndex((count) => count > 0 && count < leastRows);
    if (few < 0) return told;
    const count = Math.round(few === 0 ? positives : rows - positives);
    return [
      ...told,
      `Group ${value} has only ${count} rows labelled ${1 - few}: rates that depend on them are uncertain.`,
    ];
  });
}

function belowFourFifths(selection: readonly GroupRate[]): string[] {
  const most = Math.max(0, ...selection.map(({ share }) => share));
  return selection
    .filter(({ share }) => share < FOUR_FIFTHS * most)
    .map(
      ({ group, share }) =>
        `Group ${group} is selected at ${points(share / most)} % of the most selected group's rate, below four fifths.`,
    );
}
