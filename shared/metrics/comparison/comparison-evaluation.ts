import { normalSurvival } from '../../core/distributions.ts';
import { bootstrapCells, countedRows } from '../bootstrap.ts';
import type { Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import { meanMetric } from '../mean-metric.ts';
import { type Metric, type Metrics, metricOf, noMetric } from '../metric.ts';
import { normalInterval } from '../normal-interval.ts';
import { shareInterval } from '../share-interval.ts';
import {
  BOTH_RIGHT,
  BOTH_WRONG,
  type ComparisonState,
  type LossName,
  ONLY_BASELINE,
  ONLY_CANDIDATE,
} from './comparison-state.ts';
import { mcnemar, pairedDifferenceInterval } from './mcnemar.ts';
import { verdictOf } from './verdict.ts';

const NO_ROWS = 'there are no rows';
const ANY = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** Differences are candidate − baseline: above 0 is better for accuracy and areas, worse for losses. */
export function evaluateComparison(state: ComparisonState, intervals: IntervalOptions): Evaluation {
  const { kind } = state.settings;
  const losses: readonly LossName[] =
    kind === 'ranking'
      ? ['quality']
      : kind === 'regression'
        ? ['mae', 'mse']
        : kind === 'binary-classification'
          ? ['logLoss', 'brierScore']
          : [];
  const hasRight = kind === 'classification' || kind === 'binary-classification';
  const metrics: Metrics = {
    count: { value: state.rows },
    ...(hasRight ? accuracyMetrics(state, intervals) : {}),
    ...(kind === 'binary-classification' ? areaMetrics(state, intervals) : {}),
    ...Object.assign({}, ...losses.map((name) => lossMetrics(state, name, intervals))),
  };
  return {
    metrics,
    summary: verdictOf(state, metrics, intervals),
    ...(hasRight ? { tables: { agreement: agreement(state) } } : {}),
    warnings: warningsOf(state),
  };
}

function agreement({ right }: ComparisonState): Table {
  const rows = [
    ['baseline right', right.rows(BOTH_RIGHT), right.rows(ONLY_BASELINE)],
    ['baseline wrong', right.rows(ONLY_CANDIDATE), right.rows(BOTH_WRONG)],
  ];
  return { title: 'Rows by which model is right', columns: ['', 'candidate right', 'candidate wrong'], rows };
}

function accuracyMetrics(state: ComparisonState, intervals: IntervalOptions): Metrics {
  const { right, rows } = state;
  const discordant = { onlyBaseline: right.rows(ONLY_BASELINE), onlyCandidate: right.rows(ONLY_CANDIDATE) };
  const share = (count: number): Metric => {
    if (rows === 0) return noMetric(NO_ROWS);
    if (intervals.method === 'none') return { value: count / rows };
    return {
      value: count / rows,
      interval: shareInterval(count / rows, rows, intervals.level),
      intervalMethod: 'wilson',
    };
  };
  const test = mcnemar(discordant);
  const p = (value: number) => metricOf(rows === 0 ? Number.NaN : value, NO_ROWS);
  return {
    accuracyBaseline: share(right.rows(BOTH_RIGHT) + discordant.onlyBaseline),
    accuracyCandidate: share(right.rows(BOTH_RIGHT) + discordant.onlyCandidate),
    accuracyDifference: accuracyDifference(state, intervals),
    mcnemarExactPValue: p(test.exact),
    mcnemarMidPValue: p(test.midP),
    mcnemarStatistic: p(test.statistic),
    mcnemarChiSquarePValue: p(test.chiSquare),
  };
}

/** By resampling the four cells of who is right, which is the paired bootstrap; by formula where that draws nothing or none is asked. */
function accuracyDifference({ right, rows }: ComparisonState, intervals: IntervalOptions): Metric {
  if (rows === 0) return noMetric(NO_ROWS);
  const discordant = { onlyBaseline: right.rows(ONLY_BASELINE), onlyCandidate: right.rows(ONLY_CANDIDATE) };
  const value = (discordant.onlyCandidate - discordant.onlyBaseline) / rows;
  if (intervals.method === 'none') return { value };
  const difference = (cells: Float64Array) => [
    ((cells[ONLY_CANDIDATE] as number) - (cells[ONLY_BASELINE] as number)) / rows,
  ];
  const [drawn] = intervals.method === 'bootstrap' ? bootstrapCells(countedRows(right), difference, intervals) : [];
  if (drawn !== undefined) return { value, interval: drawn, intervalMethod: 'bootstrap' };
  return {
    value,
    interval: pairedDifferenceInterval(discordant, rows, intervals.level),
    intervalMethod: 'agresti-min',
  };
}

function areaMetrics({ scores }: ComparisonState, { method, level }: IntervalOptions): Metrics {
  const { baseline, candidate, difference, standardError } = scores.areas();
  const reason = 'labels are all of one class';
  const own = metricOf(difference, reason);
  const interval =
    method === 'none' || !(standardError > 0) ? undefined : normalInterval(difference, standardError, level, [-1, 1]);
  const pValue = standardError > 0 ? 2 * normalSurvival(Math.abs(difference) / standardError) : Number.NaN;
  return {
    rocAucBaseline: metricOf(baseline, reason),
    rocAucCandidate: metricOf(candidate, reason),
    rocAucDifference:
      own.value === null || interval === undefined ? own : { ...own, interval, intervalMethod: 'delong' },
    rocAucPValue: metricOf(pValue, own.value === null ? reason : 'the models rank all rows alike'),
  };
}

/** Means of both losses, and of the rows' differences. */
function lossMetrics(
  { losses, outsideRows, rows }: ComparisonState,
  name: LossName,
  intervals: IntervalOptions,
): Metrics {
  const { baseline, candidate, difference } = losses[name];
  const reason = outsideRows > 0 ? `${outsideRows} rows have a score outside 0 to 1` : NO_ROWS;
  const isMissing = rows === 0 || outsideRows > 0;
  const metric = (sums: typeof baseline, range: readonly [number, number]) =>
    isMissing ? noMetric(reason) : meanMetric(sums, intervals, range);
  return {
    [`${name}Baseline`]: metric(baseline, [0, Number.POSITIVE_INFINITY]),
    [`${name}Candidate`]: metric(candidate, [0, Number.POSITIVE_INFINITY]),
    [`${name}Difference`]: metric(difference, ANY),
  };
}

function warningsOf({ rows, outsideRows, scores }: ComparisonState): string[] {
  const warnings: string[] = [];
  if (rows === 0) warnings.push('There are no rows.');
  if (outsideRows > 0)
    warnings.push(`${outsideRows} rows have a score outside 0 to 1, so scores are not read as probabilities.`);
  if (scores.keptShare < 1) {
    warnings.push(
      `The areas are compared on a sample of about ${100 * scores.keptShare} % of the rows, chosen by their values.`,
    );
  }
  return warnings;
}
