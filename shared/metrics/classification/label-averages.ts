import type { IntervalOptions } from '../evaluation.ts';
import { type Metric, type Metrics, metricOf } from '../metric.ts';
import { deltaInterval } from '../normal-interval.ts';
import { type ClassSums, fOf, precisionOf, recallOf } from './class-averages.ts';
import { CELLS_OF_LABEL, FALSE_ALARM, HIT, MISS, type MultilabelState } from './multilabel-state.ts';

/** A label's sums, and its number in the state. */
export interface LabelSums extends ClassSums {
  readonly index: number;
  readonly label: string;
}

/** By how much a figure grows with the weight of a label's hits, false alarms and misses. */
type Slopes = readonly [hit: number, falseAlarm: number, miss: number];

interface Figure {
  readonly of: (sums: ClassSums) => number;
  readonly slopes: (sums: ClassSums) => Slopes;
}

const FIGURES: Readonly<Record<string, Figure>> = {
  precision: {
    of: precisionOf,
    slopes: (sums) => [(1 - precisionOf(sums)) / sums.predicted, -precisionOf(sums) / sums.predicted, 0],
  },
  recall: {
    of: recallOf,
    slopes: (sums) => [(1 - recallOf(sums)) / sums.labelled, 0, -recallOf(sums) / sums.labelled],
  },
  f1: {
    of: (sums) => fOf(sums, 1),
    slopes: (sums) => {
      const [f, both] = [fOf(sums, 1), sums.labelled + sums.predicted];
      return [(2 - 2 * f) / both, -f / both, -f / both];
    },
  },
};

/** A figure of all labels, and its slopes label by label. */
interface Average {
  readonly value: number;
  readonly slopes: readonly Slopes[];
}

/**
 * Over labels: summed first (micro), each alike (macro), or by the weight of its rows (weighted). A label without a figure counts 0
 * (scikit-learn's default). Labels are all that occur in labels, predictions or scores. Intervals by the delta method, with the
 * labels of a row taken together: variance = Σ over pairs of cells of their slopes times Σ w² of the rows in both.
 */
export function labelAverages(state: MultilabelState, labels: readonly LabelSums[], options: IntervalOptions): Metrics {
  const isEmpty = state.all.weight(0) === 0;
  const noRows = 'there are no rows';
  const reason = isEmpty ? noRows : 'there are no labels';
  const metric = (average: Average, why: string): Metric => {
    const found = metricOf(average.value, why);
    if (found.value === null || options.method === 'none' || !state.isPaired) return found;
    const standardError = standardErrorOf(state, labels, average.slopes);
    return { ...found, ...deltaInterval(found.value, standardError, options.level, [0, 1]) };
  };
  return Object.fromEntries(
    Object.entries(FIGURES).flatMap(([name, figure]): [string, Metric][] => [
      [`${name}Micro`, metric(micro(labels, figure), isEmpty ? noRows : 'nothing is labelled or predicted')],
      [`${name}Macro`, metric(macro(labels, figure), reason)],
      [`${name}Weighted`, metric(weighted(labels, figure), reason)],
    ]),
  );
}

function micro(labels: readonly ClassSums[], figure: Figure): Average {
  const sum = (of: (each: ClassSums) => number) => labels.reduce((total, each) => total + of(each), 0);
  const all = {
    truePositives: sum((each) => each.truePositives),
    labelled: sum((each) => each.labelled),
    predicted: sum((each) => each.predicted),
  };
  const slopes = figure.slopes(all);
  return { value: figure.of(all), slopes: labels.map(() => slopes) };
}

function macro(labels: readonly ClassSums[], figure: Figure): Average {
  const share = 1 / labels.length;
  return {
    value: labels.reduce((total, each) => total + orZero(figure.of(each)), 0) / labels.length,
    slopes: labels.map((each) => scaled(figure.slopes(each), share)),
  };
}

/** A row with the label adds to the label's part in the mean as well. */
function weighted(labels: readonly ClassSums[], figure: Figure): Average {
  const all = labels.reduce((total, each) => total + each.labelled, 0);
  const value = labels.reduce((total, each) => total + each.labelled * orZero(figure.of(each)), 0) / all;
  const slopes = labels.map((each): Slopes => {
    const [hit, falseAlarm, miss] = scaled(figure.slopes(each), each.labelled / all);
    const pull = (orZero(figure.of(each)) - value) / all;
    return [hit + pull, falseAlarm, miss + pull];
  });
  return { value, slopes };
}

function orZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function scaled([hit, falseAlarm, miss]: Slopes, factor: number): Slopes {
  return [orZero(hit) * factor, orZero(falseAlarm) * factor, orZero(miss) * factor];
}

/** Labels in their own order, so that sums do not depend on that of rows. */
function standardErrorOf(state: MultilabelState, labels: readonly LabelSums[], slopes: readonly Slopes[]): number {
  const cells = labels.flatMap(({ index }, i) =>
    [HIT, FALSE_ALARM, MISS].map((cell) => ({
      cell: CELLS_OF_LABEL * index + cell,
      slope: slopes[i]?.[cell] as number,
    })),
  );
  const used = cells.filter(({ slope }) => slope !== 0);
  let variance = 0;
  for (const [i, a] of used.entries()) {
    for (let j = 0; j <= i; j++) {
      const b = used[j] as (typeof used)[number];
      variance += (i === j ? 1 : 2) * a.slope * b.slope * state.pairs.of(a.cell, b.cell);
    }
  }
  return Math.sqrt(Math.max(0, variance));
}
