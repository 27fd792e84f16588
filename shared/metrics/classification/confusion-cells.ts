import type { WeightCells } from '../weight-cells.ts';
import type { BinaryConfusion } from './confusion-formulas.ts';

/** Cells of the confusion matrix at the threshold: twice the label, plus the prediction. */
export const TRUE_NEGATIVES = 0;
export const FALSE_POSITIVES = 1;
export const FALSE_NEGATIVES = 2;
export const TRUE_POSITIVES = 3;

export function confusionOf(cells: WeightCells): BinaryConfusion {
  return toConfusion([0, 1, 2, 3].map((cell) => cells.weight(cell)));
}

export function toConfusion(cells: ArrayLike<number>): BinaryConfusion {
  return {
    trueNegatives: cells[TRUE_NEGATIVES] as number,
    falsePositives: cells[FALSE_POSITIVES] as number,
    falseNegatives: cells[FALSE_NEGATIVES] as number,
    truePositives: cells[TRUE_POSITIVES] as number,
  };
}
