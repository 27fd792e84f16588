import type { Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import { meanMetric } from '../mean-metric.ts';
import { type Metric, type Metrics, metricOf, noMetric } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';
import { fOf, precisionOf, recallOf } from './class-averages.ts';
import { type LabelSums, labelAverages } from './label-averages.ts';
import { RANKING_MEANS } from './label-ranking.ts';
import { CELLS_OF_LABEL, FALSE_ALARM, HIT, MISS, type MultilabelState, SAMPLE_MEANS } from './multilabel-state.ts';
import { averagePrecision } from './precision-recall.ts';
import { rocArea, totalsOf } from './roc.ts';

const NO_ROWS = 'there are no rows';

/** One label against its absence; the areas are NaN where rows have no scores or are all alike. */
interface LabelFigures extends LabelSums {
  readonly rocAuc: number;
  readonly averagePrecision: number;
  /** How far the areas may be from the true ones. */
  readonly errorBounds: { readonly rocAuc: number; readonly averagePrecision: number };
}

export function evaluateMultilabel(state: MultilabelState, intervals: IntervalOptions): Evaluation {
  const labels = labelFigures(state);
  const metrics: Metrics = {
    count: { value: state.rows },
    ...sampleMetrics(state, intervals),
    hammingLoss: hammingLoss(state, intervals),
    ...labelAverages(state, labels, intervals),
    ...rankingMetrics(state, intervals),
    ...areaMetrics(state, labels),
  };
  return { metrics, tables: { perLabel: perLabel(labels) }, warnings: warningsOf(state, labels) };
}

function labelFigures(state: MultilabelState): LabelFigures[] {
  const [rows, weight] = [state.all.rows(0), state.all.weight(0)];
  return state.labels.inOrder().map((index) => {
    const cell = (which: number) => state.cells.weight(CELLS_OF_LABEL * index + which);
    const sums = {
      index,
      label: state.labels.labels[index] as string,
      truePositives: cell(HIT),
      labelled: cell(HIT) + cell(MISS),
      predicted: cell(HIT) + cell(FALSE_ALARM),
    };
    const none = { rocAuc: Number.NaN, averagePrecision: Number.NaN, errorBounds: { rocAuc: 0, averagePrecision: 0 } };
    if (state.scores === undefined || state.unscoredRows > 0 || rows === 0) return { ...sums, ...none };
    const scores = state.scores.filled(index, rows, weight);
    const totals = totalsOf(scores);
    const [area, precision] = [rocArea(scores, totals), averagePrecision(scores, totals)];
    const errorBounds = { rocAuc: area.errorBound, averagePrecision: precision.errorBound };
    return { ...sums, rocAuc: area.area, averagePrecision: precision.value, errorBounds };
  });
}

/** Means over rows; a row without labels or predictions counts 0 where that leaves 0 / 0, as by scikit-learn's default. */
function sampleMetrics({ means }: MultilabelState, intervals: IntervalOptions): Metrics {
  return Object.fromEntries(
    SAMPLE_MEANS.map((name) => {
      const sums = means[name];
      if (sums.rows === 0) return [name, noMetric(NO_ROWS)];
      if (name !== 'subsetAccuracy') return [name, meanMetric(sums, intervals, [0, 1])];
      const value = sums.mean;
      if (intervals.method === 'none') return [name, { value }];
      const interval = shareInterval(value, sums.effectiveRows, intervals.level);
      return [name, { value, interval, intervalMethod: 'wilson' }];
    }),
  );
}

/** How far down true labels stand in the rows' rankings; only where every row scores every label, as others would have to be guessed. */
function rankingMetrics(state: MultilabelState, intervals: IntervalOptions): Metrics {
  const labels = state.labels.labels.length;
  const unscored = state.unscoredRows > 0 ? `${state.unscoredRows} rows have no scores` : 'rows have no scores';
  const partial = `some rows score ${state.fewestNamed} of ${labels} labels only: each must have a score for every label`;
  const reason = state.rows === 0 ? NO_ROWS : state.unscoredRows > 0 || state.fewestNamed === null ? unscored : partial;
  const isWhole = state.unscoredRows === 0 && state.fewestNamed === labels;
  return Object.fromEntries(
    RANKING_MEANS.map((name) => [
      name,
      isWhole
        ? meanMetric(state.means[name], intervals, [0, name === 'labelCoverageError' ? labels : 1])
        : noMetric(reason),
    ]),
  );
}

/** Share of all labels of all rows that are wrong. */
function hammingLoss({ means, labels }: MultilabelState, intervals: IntervalOptions): Metric {
  const count = labels.labels.length;
  if (means.wrongLabels.rows === 0) return noMetric(NO_ROWS);
  if (count === 0) return noMetric('there are no labels');
  const { value, interval, ...made } = meanMetric(means.wrongLabels, intervals, [0, count]);
  const share = { value: (value as number) / count, ...made };
  return interval === undefined ? share : { ...share, interval: [interval[0] / count, interval[1] / count] };
}

function meanOf<T>(labels: readonly T[], figure: (each: T) => number, weightOf: (each: T) => number): number {
  const value = (each: T) => (Number.isFinite(figure(each)) ? figure(each) : 0);
  const total = labels.reduce((sum, each) => sum + weightOf(each), 0);
  return labels.reduce((sum, each) => sum + weightOf(each) * value(each), 0) / total;
}

/** Means over the labels that some rows have and others have not. */
function areaMetrics({ scores, unscoredRows, rows }: MultilabelState, labels: readonly LabelFigures[]): Metrics {
  const parted = labels.filter(({ rocAuc }) => Number.isFinite(rocAuc));
  const none = unscoredRows > 0 ? `${unscoredRows} rows have no scores` : 'every label is in all rows or in none';
  const reason = rows === 0 ? NO_ROWS : scores === undefined ? 'scores are not kept in slices' : none;
  const metric = (name: 'rocAuc' | 'averagePrecision', weightOf: (each: LabelFigures) => number): Metric => {
    const found = metricOf(
      meanOf(parted, (each) => each[name], weightOf),
      reason,
    );
    const errorBound = meanOf(parted, (each) => each.errorBounds[name], weightOf);
    return errorBound > 0 ? { ...found, errorBound } : found;
  };
  return {
    rocAucMacro: metric('rocAuc', () => 1),
    rocAucWeighted: metric('rocAuc', (each) => each.labelled),
    averagePrecisionMacro: metric('averagePrecision', () => 1),
    averagePrecisionWeighted: metric('averagePrecision', (each) => each.labelled),
  };
}

function perLabel(labels: readonly LabelFigures[]): Table {
  const orNull = (value: number) => (Number.isFinite(value) ? value : null);
  const columns = ['label', 'labelled', 'predicted', 'precision', 'recall', 'f1', 'rocAuc', 'averagePrecision'];
  const rows = labels.map((each) => [
    each.label,
    each.labelled,
    each.predicted,
    ...[precisionOf(each), recallOf(each), fOf(each, 1), each.rocAuc, each.averagePrecision].map(orNull),
  ]);
  return { title: 'Each label', columns, rows };
}

function warningsOf(state: MultilabelState, labels: readonly LabelFigures[]): string[] {
  const warnings: string[] = [];
  if (state.rows === 0) warnings.push('There are no rows.');
  const never = labels.filter(({ labelled, predicted }) => labelled > 0 && predicted === 0).length;
  if (never > 0) warnings.push(`${never} labels are never predicted: their precision counts 0 in averages.`);
  if (state.droppedRows > 0)
    warnings.push(`${state.droppedRows} rows are left out, as there are too many different labels.`);
  return warnings;
}
