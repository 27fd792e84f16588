import { WEIGHT_COLUMN } from '../read-weight.ts';
import type { Task } from '../task.ts';
import { BinaryState } from './binary-state.ts';
import type { Costs } from './operating-point.ts';

export interface BinaryClassificationSettings extends Costs {
  /** A row is predicted positive where its score is at least this. */
  readonly threshold: number;
  /** Of `fBeta`: recall counts beta times as much as precision. */
  readonly beta: number;
  /** Bins of equal width from 0 to 1 for the calibration curve and its expected error, 2 to 100. */
  readonly calibrationBins: number;
  /** Per cents of the rows, highest scores first, for `lift@10` and the like; in ascending order. */
  readonly atPercents: readonly number[];
  /** What a positive brings that is addressed, its cost not taken off; null: no profit is worked out. Goes with `costPerContact`. */
  readonly valuePerPositive: number | null;
  /** What addressing a row costs, in the same currency. */
  readonly costPerContact: number | null;
}

export const DEFAULT_BINARY_CLASSIFICATION_SETTINGS: BinaryClassificationSettings = {
  threshold: 0.5,
  beta: 1,
  calibrationBins: 10,
  costFalsePositive: 1,
  costFalseNegative: 1,
  atPercents: [10],
  valuePerPositive: null,
  costPerContact: null,
};

/**
 * Rows with a label of 0 or 1 and a score that grows with the chance of 1: a probability, or any number (then there is no log loss,
 * Brier score nor calibration, which need probabilities).
 */
export const binaryClassificationTask: Task<BinaryClassificationSettings> = {
  name: 'binary-classification',
  columns: [
    {
      name: 'label',
      isRequired: true,
      description: 'The truth: 1, true or yes; 0, false or no.',
      aliases: ['ytrue', 'y', 'target', 'actual', 'truth', 'class', 'outcome', 'labeltrue'],
    },
    {
      name: 'score',
      isRequired: true,
      description: 'What the model says: the probability of 1, or any number that grows with it.',
      aliases: ['yscore', 'ypred', 'yprob', 'yproba', 'probability', 'prob', 'proba', 'prediction', 'predicted', 'p'],
    },
    WEIGHT_COLUMN,
  ],
  start: (settings, size) => new BinaryState(settings, size),
  restore: (settings, size, saved) => new BinaryState(settings, size, saved),
};
