import type { Curve, Evaluation, IntervalOptions, Line, Table } from '../evaluation.ts';
import type { Metrics } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';
import type { WeightCells } from '../weight-cells.ts';
import { classSums, fOf, precisionOf, recallOf } from './class-averages.ts';
import { classMetrics } from './class-metrics.ts';
import { classScoreMetrics } from './class-score-metrics.ts';
import type { ClassificationState } from './classification-state.ts';
import { oneVersusRest, type PairwiseAreas, pairwiseAreas } from './pairwise-areas.ts';
import { ThinnedPoints } from './thinned-points.ts';

/** Classes in the confusion matrix that is answered, and lines in the ROC plot. */
const MOST_SHOWN = 50;
const MOST_LINES = 10;

export function evaluateClasses(state: ClassificationState, intervals: IntervalOptions): Evaluation {
  const order = state.labels.inOrder();
  const labels = order.map((i) => state.labels.labels[i] as string);
  const cells = state.confusion.cells(order);
  const pairs = state.scores.rows > 0 && !state.scores.isGivenUp ? pairwiseAreas(state.scores, order) : undefined;
  const metrics: Metrics = {
    count: { value: state.rows },
    ...classMetrics(cells, order.length, state.settings.beta, intervals),
    ...classScoreMetrics(state, order, pairs, intervals),
  };
  const tables = {
    perClass: perClass(cells, labels, pairs, intervals.level),
    ...(labels.length <= MOST_SHOWN ? { confusion: confusion(cells, labels) } : {}),
  };
  return {
    metrics,
    tables,
    curves: curvesOf(state, order, labels, pairs, intervals.level),
    warnings: warningsOf(state, cells, labels),
  };
}

function confusion(cells: WeightCells, labels: readonly string[]): Table {
  const rows = labels.map((label, truth) => [
    label,
    ...labels.map((_, predicted) => cells.weight(truth * labels.length + predicted)),
  ]);
  return {
    title: 'Confusion matrix: a row for each label, a column for each prediction',
    columns: ['label', ...labels],
    rows,
  };
}

/** Figures of each class against the rest; the intervals are Wilson's. */
function perClass(
  cells: WeightCells,
  labels: readonly string[],
  pairs: PairwiseAreas | undefined,
  level: number,
): Table {
  const size = labels.length;
  const numbers = Array.from({ length: cells.length }, (_, cell) => cell);
  const sums = classSums(
    numbers.map((cell) => cells.weight(cell)),
    size,
  );
  const squares = classSums(
    numbers.map((cell) => cells.squares(cell)),
    size,
  );
  const rows = labels.map((label, c) => {
    const [own, ownSquares] = [sums[c] as (typeof sums)[number], squares[c] as (typeof sums)[number]];
    const precision = withInterval(precisionOf(own), own.predicted ** 2 / ownSquares.predicted, level);
    const recall = withInterval(recallOf(own), own.labelled ** 2 / ownSquares.labelled, level);
    const area = pairs === undefined ? Number.NaN : oneVersusRest(pairs, c).area;
    return [label, own.labelled, own.predicted, ...precision, ...recall, finiteOrNull(fOf(own, 1)), finiteOrNull(area)];
  });
  const columns = ['label', 'labelled', 'predicted', 'precision', 'precisionLow', 'precisionHigh'];
  return { title: 'Each class', columns: [...columns, 'recall', 'recallLow', 'recallHigh', 'f1', 'rocAuc'], rows };
}

function withInterval(share: number, trials: number, level: number): (number | null)[] {
  return Number.isFinite(share) ? [share, ...shareInterval(share, trials, level)] : [null, null, null];
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function curvesOf(
  state: ClassificationState,
  order: readonly number[],
  labels: readonly string[],
  pairs: PairwiseAreas | undefined,
  level: number,
): Record<string, Curve> {
  const roc = pairs === undefined || labels.length > MOST_LINES ? [] : rocLines(state, order, labels, pairs);
  const reference: Line = { name: 'chance', x: [0, 1], y: [0, 1], isReference: true };
  return {
    ...(roc.length > 0
      ? {
          roc: {
            title: 'ROC curve of each class against the rest',
            xLabel: 'False-positive rate',
            yLabel: 'True-positive rate',
            lines: [...roc, reference],
          },
        }
      : {}),
    ...(state.improperRows === 0 && state.logLoss.rows > 0
      ? {
          calibration: {
            ...state.calibration.curve(level),
            title: 'Calibration of the predicted class',
            yLabel: 'Share that is right',
          },
        }
      : {}),
  };
}

function rocLines(
  { scores }: ClassificationState,
  order: readonly number[],
  labels: readonly string[],
  { weights }: PairwiseAreas,
): Line[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const all = Math.max(0, ...order.map((c) => c + 1));
  return order.flatMap((own, c) => {
    const [positives, negatives] = [weights[c] as number, total - (weights[c] as number)];
    if (positives === 0 || negatives === 0) return [];
    const points = new ThinnedPoints(2);
    let [ownBelow, restBelow] = [0, 0];
    points.first(1, 1);
    scores.walkUp(own, all, (_, group) => {
      const here = group.reduce((sum, weight) => sum + weight, 0);
      ownBelow += group[own] as number;
      restBelow += here - (group[own] as number);
      const [x, y] = [Math.max(0, 1 - restBelow / negatives), Math.max(0, 1 - ownBelow / positives)];
      points.next(x, y, 2 - x - y);
    });
    const { x, y } = points.line();
    return [{ name: labels[c] as string, x: x.toReversed(), y: y.toReversed() }];
  });
}

function warningsOf(state: ClassificationState, cells: WeightCells, labels: readonly string[]): string[] {
  const warnings: string[] = [];
  if (state.rows === 0) warnings.push('There are no rows.');
  const sums = classSums(
    Array.from({ length: cells.length }, (_, cell) => cells.weight(cell)),
    labels.length,
  );
  const never = labels.filter((_, c) => sums[c]?.predicted === 0 && (sums[c]?.labelled ?? 0) > 0);
  if (never.length > 0) warnings.push(`${listed(never)} never predicted: the precision counts 0 in averages.`);
  const unknown = labels.filter((_, c) => sums[c]?.labelled === 0 && (sums[c]?.predicted ?? 0) > 0);
  if (unknown.length > 0)
    warnings.push(`${listed(unknown)} predicted but never a label: the recall counts 0 in averages.`);
  if (state.droppedRows > 0)
    warnings.push(`${state.droppedRows} rows are left out, as there are too many different classes.`);
  if (state.scores.rows > 0 && state.unscoredRows > 0) warnings.push(`${state.unscoredRows} rows have no scores.`);
  if (state.improperRows > 0)
    warnings.push(`The scores of ${state.improperRows} rows are no probabilities that sum to 1.`);
  if (state.scores.rows > 0 && !state.scores.isExact && !state.scores.isGivenUp) {
    warnings.push('There are more rows than are kept: areas under curves come from histograms, within errorBound.');
  }
  return warnings;
}

function listed(labels: readonly string[]): string {
  const named = labels.slice(0, 3).map((label) => JSON.stringify(label));
  const more = labels.length > named.length ? ` and ${labels.length - named.length} more` : '';
  return `${named.join(', ')}${more} ${labels.length === 1 ? 'is' : 'are'}`;
}
