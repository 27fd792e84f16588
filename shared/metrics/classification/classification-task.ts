import { WEIGHT_COLUMN } from '../read-weight.ts';
import type { Task } from '../task.ts';
import { ClassificationState } from './classification-state.ts';

export interface ClassificationSettings {
  /** Of `fBetaMacro` and `fBetaWeighted`: recall counts beta times as much as precision. */
  readonly beta: number;
  /** Of `topKAccuracy`, 1 to 100. */
  readonly topK: number;
  /** Bins of equal width from 0 to 1 for the calibration of the predicted class's score, 2 to 100. */
  readonly calibrationBins: number;
}

export const DEFAULT_CLASSIFICATION_SETTINGS: ClassificationSettings = { beta: 1, topK: 3, calibrationBins: 10 };

/**
 * Rows with a label out of several, and what is predicted: a label, or a score for each (the greatest is predicted then; of equal
 * ones the first in code-point order), or both.
 */
export const classificationTask: Task<ClassificationSettings> = {
  name: 'classification',
  columns: [
    {
      name: 'label',
      isRequired: true,
      description: 'The true class.',
      aliases: ['ytrue', 'y', 'target', 'actual', 'truth', 'class', 'gold'],
    },
    {
      name: 'prediction',
      isRequired: false,
      description: 'The predicted class; may be left out where there are scores.',
      aliases: ['ypred', 'predicted', 'predictedlabel', 'predictedclass', 'guess'],
    },
    {
      name: 'scores',
      isRequired: false,
      description: 'A score for each class, as an object by class (in a CSV as JSON text); probabilities sum to 1.',
      aliases: ['yscore', 'probabilities', 'probs', 'yproba'],
    },
    WEIGHT_COLUMN,
  ],
  start: (settings, size) => new ClassificationState(settings, size),
  restore: (settings, size, saved) => new ClassificationState(settings, size, saved),
};
