import { bootstrapCells, type CountedRows, countedRows } from '../bootstrap.ts';
import type { IntervalOptions } from '../evaluation.ts';
import { type Interval, type Metric, type Metrics, metricOf, noMetric } from '../metric.ts';
import { deltaInterval, deltaStandardErrors } from '../normal-interval.ts';
import { shareInterval } from '../share-interval.ts';
import type { WeightCells } from '../weight-cells.ts';
import {
  averageOver,
  balancedAccuracyOf,
  type ClassSums,
  classSums,
  fOf,
  kappaOf,
  matthewsOf,
  precisionOf,
  recallOf,
} from './class-averages.ts';

/** Cells drawn in all, so that many classes take no longer than a few; at least 100 draws. */
const MOST_CELL_DRAWS = 5e6;
const LEAST_DRAWS = 100;
/** The delta method works out each figure twice a cell. */
const MOST_DELTA_CELLS = 2_000;
const NO_ROWS = 'there are no rows';
const ONE_CLASS = 'labels or predictions are all of one class';

interface ClassFigure {
  readonly name: string;
  readonly figure: (classes: readonly ClassSums[]) => number;
  readonly range: Interval;
  readonly reason: string;
}

function classFigures(beta: number): ClassFigure[] {
  const averages = { precision: precisionOf, recall: recallOf, f1: (sums: ClassSums) => fOf(sums, 1) };
  const named = { ...averages, fBeta: (sums: ClassSums) => fOf(sums, beta) };
  const averaged = Object.entries(named).flatMap(([name, of]) => [
    { name: `${name}Macro`, figure: (classes: readonly ClassSums[]) => averageOver(classes, of, 'macro') },
    { name: `${name}Weighted`, figure: (classes: readonly ClassSums[]) => averageOver(classes, of, 'weighted') },
  ]);
  const shares = [...averaged, { name: 'balancedAccuracy', figure: balancedAccuracyOf }];
  return [
    ...shares.map((each) => ({ ...each, range: [0, 1] as const, reason: NO_ROWS })),
    { name: 'matthewsCorrelation', figure: matthewsOf, range: [-1, 1], reason: ONE_CLASS },
    { name: 'cohenKappa', figure: kappaOf, range: [-1, 1], reason: ONE_CLASS },
  ];
}

/**
 * Figures of a confusion matrix of `classes` classes. Of single labels, micro-averaged precision, recall and F are the accuracy.
 */
export function classMetrics(cells: WeightCells, classes: number, beta: number, intervals: IntervalOptions): Metrics {
  const weights = Float64Array.from({ length: cells.length }, (_, cell) => cells.weight(cell));
  const accuracy = accuracyMetric(cells, classes, intervals);
  const figures = classFigures(beta);
  const sums = classSums(weights, classes);
  const found = accuracy.value === null ? [] : intervalsOf(cells, classes, figures, intervals);
  const others = figures.map(({ name, figure, reason }, i) => {
    const metric = metricOf(figure(sums), accuracy.value === null ? NO_ROWS : reason);
    return [name, metric.value === null ? metric : { ...metric, ...found[i] }] as const;
  });
  return {
    accuracy,
    precisionMicro: accuracy,
    recallMicro: accuracy,
    f1Micro: accuracy,
    ...Object.fromEntries(others),
  };
}

function accuracyMetric(cells: WeightCells, classes: number, { method, level }: IntervalOptions): Metric {
  let [correct, weight, squares] = [0, 0, 0];
  for (let cell = 0; cell < cells.length; cell++) {
    weight += cells.weight(cell);
    squares += cells.squares(cell);
    if (Math.floor(cell / classes) === cell % classes) correct += cells.weight(cell);
  }
  if (weight === 0) return noMetric(NO_ROWS);
  if (method === 'none') return { value: correct / weight };
  const interval = shareInterval(correct / weight, (weight * weight) / squares, level);
  return { value: correct / weight, interval, intervalMethod: 'wilson' };
}

function intervalsOf(
  cells: WeightCells,
  classes: number,
  figures: readonly ClassFigure[],
  options: IntervalOptions,
): Pick<Metric, 'interval' | 'intervalMethod'>[] {
  const used = Array.from({ length: cells.length }, (_, cell) => cell).filter((cell) => cells.rows(cell) > 0);
  const matrix = new Float64Array(cells.length);
  const all = (drawn: ArrayLike<number>) => {
    used.forEach((cell, i) => {
      matrix[cell] = drawn[i] as number;
    });
    const sums = classSums(matrix, classes);
    return figures.map(({ figure }) => figure(sums));
  };
  if (options.method === 'bootstrap') {
    const counted = countedRows(cells);
    const draws = Math.min(options.draws, Math.max(LEAST_DRAWS, Math.floor(MOST_CELL_DRAWS / cells.length)));
    const drawn = used.map((cell) => counted[cell] as CountedRows);
    const found = bootstrapCells(drawn, all, { ...options, draws });
    return found.map((interval) => (interval === undefined ? {} : { interval, intervalMethod: 'bootstrap' }));
  }
  if (options.method === 'none' || used.length > MOST_DELTA_CELLS) return figures.map(() => ({}));
  const weights = used.map((cell) => cells.weight(cell));
  const squares = used.map((cell) => cells.squares(cell));
  const standardErrors = deltaStandardErrors(weights, squares, all);
  const values = all(weights);
  return figures.map(({ range }, i) =>
    deltaInterval(values[i] as number, standardErrors[i] as number, options.level, range),
  );
}
