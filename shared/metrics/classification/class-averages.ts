/** Sums of a class in a confusion matrix. */
export interface ClassSums {
  readonly truePositives: number;
  /** Weight of rows labelled so. */
  readonly labelled: number;
  /** Weight of rows predicted so. */
  readonly predicted: number;
}

/** Of `cells`, a square matrix with a row of predictions for each true class. */
export function classSums(cells: ArrayLike<number>, classes: number): ClassSums[] {
  const [labelled, predicted] = [new Float64Array(classes), new Float64Array(classes)];
  for (let truth = 0; truth < classes; truth++) {
    for (let guess = 0; guess < classes; guess++) {
      const weight = cells[truth * classes + guess] as number;
      labelled[truth] = (labelled[truth] as number) + weight;
      predicted[guess] = (predicted[guess] as number) + weight;
    }
  }
  return Array.from({ length: classes }, (_, i) => ({
    truePositives: cells[i * classes + i] as number,
    labelled: labelled[i] as number,
    predicted: predicted[i] as number,
  }));
}

/** NaN where nothing is predicted so. */
export function precisionOf({ truePositives, predicted }: ClassSums): number {
  return truePositives / predicted;
}

/** NaN where nothing is labelled so. */
export function recallOf({ truePositives, labelled }: ClassSums): number {
  return truePositives / labelled;
}

/** NaN where nothing is labelled nor predicted so. */
export function fOf({ truePositives, labelled, predicted }: ClassSums, beta: number): number {
  const square = beta * beta;
  return ((1 + square) * truePositives) / (square * labelled + predicted);
}

/**
 * Mean over the classes that are labelled or predicted, each alike (macro) or by the weight of its rows (weighted). A class without
 * a figure (never predicted: no precision) counts 0, as by scikit-learn's default. NaN without classes, or without weight.
 */
export function averageOver(
  classes: readonly ClassSums[],
  figure: (sums: ClassSums) => number,
  average: 'macro' | 'weighted',
): number {
  let [sum, total] = [0, 0];
  for (const each of classes) {
    if (each.labelled <= 0 && each.predicted <= 0) continue;
    const weight = average === 'macro' ? 1 : each.labelled;
    const value = figure(each);
    if (Number.isFinite(value)) sum += weight * value;
    total += weight;
  }
  return sum / total;
}

/** Mean of the recalls of the classes that are labelled; NaN without any. */
export function balancedAccuracyOf(classes: readonly ClassSums[]): number {
  const labelled = classes.filter((each) => each.labelled > 0);
  return labelled.reduce((sum, each) => sum + recallOf(each), 0) / labelled.length;
}

/**
 * Generalised correlation of label and prediction, R_K (Gorodkin 2004, Comput. Biol. Chem. 28:367-374). NaN where either is of one
 * class alone.
 */
export function matthewsOf(classes: readonly ClassSums[]): number {
  const { total, correct, chance } = agreement(classes);
  const spread = (of: (sums: ClassSums) => number) =>
    total * total - classes.reduce((sum, each) => sum + of(each) ** 2, 0);
  const [labels, predictions] = [spread((each) => each.labelled), spread((each) => each.predicted)];
  // What is left of rounding is no spread.
  const least = 1e-12 * total * total;
  if (!(labels > least && predictions > least)) return Number.NaN;
  return (correct * total - chance) / (Math.sqrt(labels) * Math.sqrt(predictions));
}

/** Cohen (1960); NaN where chance alone agrees wholly. */
export function kappaOf(classes: readonly ClassSums[]): number {
  const { total, correct, chance } = agreement(classes);
  const left = total * total - chance;
  return left > 1e-12 * total * total ? (correct * total - chance) / left : Number.NaN;
}

function agreement(classes: readonly ClassSums[]) {
  let [total, correct, chance] = [0, 0, 0];
  for (const { labelled, predicted, truePositives } of classes) {
    total += labelled;
    correct += truePositives;
    chance += labelled * predicted;
  }
  return { total, correct, chance };
}
