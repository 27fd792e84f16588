import { bootstrapCells, countedRows } from '../bootstrap.ts';
import type { IntervalOptions } from '../evaluation.ts';
import { type Interval, type Metric, type Metrics, metricOf } from '../metric.ts';
import { deltaInterval, deltaStandardErrors } from '../normal-interval.ts';
import { shareInterval } from '../share-interval.ts';
import type { WeightCells } from '../weight-cells.ts';
import type { BinaryClassificationSettings } from './binary-classification-task.ts';
import { FALSE_NEGATIVES, FALSE_POSITIVES, TRUE_NEGATIVES, TRUE_POSITIVES, toConfusion } from './confusion-cells.ts';
import { balancedAccuracy, cohenKappa, fBetaOf, matthewsCorrelation } from './confusion-formulas.ts';
import { expectedCost } from './operating-point.ts';

const ONE_CLASS = 'labels or predictions are all of one class';

/** A share: of the rows in `among`, those in `of`. */
interface Share {
  readonly of: readonly number[];
  readonly among: readonly number[];
  readonly reason: string;
}

const ALL = [TRUE_NEGATIVES, FALSE_POSITIVES, FALSE_NEGATIVES, TRUE_POSITIVES];
const LABELLED_1 = [TRUE_POSITIVES, FALSE_NEGATIVES];
const LABELLED_0 = [TRUE_NEGATIVES, FALSE_POSITIVES];
const PREDICTED_1 = [TRUE_POSITIVES, FALSE_POSITIVES];
const PREDICTED_0 = [TRUE_NEGATIVES, FALSE_NEGATIVES];
const NO_ROWS = 'there are no rows';
const NONE_1 = 'no row is labelled 1';
const NONE_0 = 'no row is labelled 0';

/** Null where nothing is in `among` (scikit-learn's `zero_division=nan`). */
const SHARES: Readonly<Record<string, Share>> = {
  prevalence: { of: LABELLED_1, among: ALL, reason: NO_ROWS },
  selectionRate: { of: PREDICTED_1, among: ALL, reason: NO_ROWS },
  accuracy: { of: [TRUE_POSITIVES, TRUE_NEGATIVES], among: ALL, reason: NO_ROWS },
  precision: { of: [TRUE_POSITIVES], among: PREDICTED_1, reason: 'no row is predicted 1' },
  recall: { of: [TRUE_POSITIVES], among: LABELLED_1, reason: NONE_1 },
  specificity: { of: [TRUE_NEGATIVES], among: LABELLED_0, reason: NONE_0 },
  falsePositiveRate: { of: [FALSE_POSITIVES], among: LABELLED_0, reason: NONE_0 },
  falseNegativeRate: { of: [FALSE_NEGATIVES], among: LABELLED_1, reason: NONE_1 },
  negativePredictiveValue: { of: [TRUE_NEGATIVES], among: PREDICTED_0, reason: 'no row is predicted 0' },
};

/** A figure of all four cells, the range that it can have, and why there may be none. */
interface CellFigure {
  readonly name: string;
  readonly figure: (cells: ArrayLike<number>) => number;
  readonly range: Interval;
  readonly reason: string;
}

function cellFigures(settings: BinaryClassificationSettings): CellFigure[] {
  const nothing = 'no row is labelled or predicted 1';
  const f = (beta: number) => (cells: ArrayLike<number>) => fBetaOf(beta)(toConfusion(cells));
  const cost = (cells: ArrayLike<number>) => {
    const { falsePositives, falseNegatives, truePositives, trueNegatives } = toConfusion(cells);
    const weight = falsePositives + falseNegatives + truePositives + trueNegatives;
    return expectedCost(falsePositives, falseNegatives, weight, settings);
  };
  const mostCost = Math.max(settings.costFalsePositive, settings.costFalseNegative);
  return [
    { name: 'f1', figure: f(1), range: [0, 1], reason: nothing },
    { name: 'fBeta', figure: f(settings.beta), range: [0, 1], reason: nothing },
    {
      name: 'balancedAccuracy',
      figure: (cells) => balancedAccuracy(toConfusion(cells)),
      range: [0, 1],
      reason: 'labels are all of one class',
    },
    {
      name: 'matthewsCorrelation',
      figure: (cells) => matthewsCorrelation(toConfusion(cells)),
      range: [-1, 1],
      reason: ONE_CLASS,
    },
    { name: 'cohenKappa', figure: (cells) => cohenKappa(toConfusion(cells)), range: [-1, 1], reason: ONE_CLASS },
    { name: 'costPerRow', figure: cost, range: [0, mostCost], reason: NO_ROWS },
  ];
}

/** Figures of the confusion matrix at the threshold. */
export function confusionMetrics(
  cells: WeightCells,
  settings: BinaryClassificationSettings,
  intervals: IntervalOptions,
): Metrics {
  const shares = Object.entries(SHARES).map(([name, share]) => [name, shareMetric(cells, share, intervals)] as const);
  const figures = cellFigures(settings);
  const found = intervalsOf(cells, figures, intervals);
  const others = figures.map(({ name, figure, reason }, i) => {
    const metric = metricOf(figure(weightsOf(cells)), reason);
    return [name, metric.value === null ? metric : { ...metric, ...found[i] }] as const;
  });
  return Object.fromEntries([...shares, ...others]);
}

function shareMetric(cells: WeightCells, { of, among, reason }: Share, { method, level }: IntervalOptions): Metric {
  const sum = (numbers: readonly number[], each: (cell: number) => number) =>
    numbers.reduce((total, cell) => total + each(cell), 0);
  const weight = sum(among, (cell) => cells.weight(cell));
  const share = sum(of, (cell) => cells.weight(cell)) / weight;
  const metric = metricOf(share, reason);
  if (metric.value === null || method === 'none') return metric;
  const trials = (weight * weight) / sum(among, (cell) => cells.squares(cell));
  return { ...metric, interval: shareInterval(share, trials, level), intervalMethod: 'wilson' };
}

function weightsOf(cells: WeightCells): number[] {
  return ALL.map((_, cell) => cells.weight(cell));
}

function intervalsOf(
  cells: WeightCells,
  figures: readonly CellFigure[],
  options: IntervalOptions,
): Pick<Metric, 'interval' | 'intervalMethod'>[] {
  const [weights, squares] = [weightsOf(cells), ALL.map((_, cell) => cells.squares(cell))];
  if (options.method === 'none' || weights.every((weight) => weight === 0)) return figures.map(() => ({}));
  const all = (drawn: ArrayLike<number>) => figures.map(({ figure }) => figure(drawn));
  if (options.method === 'bootstrap') {
    const found = bootstrapCells(countedRows(cells), all, options);
    return found.map((interval) => (interval === undefined ? {} : { interval, intervalMethod: 'bootstrap' }));
  }
  const standardErrors = deltaStandardErrors(weights, squares, all);
  return figures.map(({ figure, range }, i) =>
    deltaInterval(figure(weights), standardErrors[i] as number, options.level, range),
  );
}
