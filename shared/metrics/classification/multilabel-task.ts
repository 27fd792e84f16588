import { WEIGHT_COLUMN } from '../read-weight.ts';
import type { Task } from '../task.ts';
import { MultilabelState } from './multilabel-state.ts';

export interface MultilabelSettings {
  /** A label is predicted where its score is at least this. */
  readonly threshold: number;
}

export const DEFAULT_MULTILABEL_SETTINGS: MultilabelSettings = { threshold: 0.5 };

/** Rows with any number of labels, and what is predicted: a score for each label (0 where there is none), or the labels themselves. */
export const multilabelTask: Task<MultilabelSettings> = {
  name: 'multilabel',
  columns: [
    {
      name: 'labels',
      isRequired: true,
      description: 'The true labels: a list (in a CSV as JSON text, or parted by |); may be empty.',
      aliases: ['ytrue', 'tags', 'targets', 'truth', 'actual', 'label'],
    },
    {
      name: 'predictions',
      isRequired: false,
      description: 'The predicted labels, written as the true ones; may be left out where there are scores.',
      aliases: ['ypred', 'predicted', 'predictedlabels', 'prediction'],
    },
    {
      name: 'scores',
      isRequired: false,
      description: 'A score for each label, as an object by label (in a CSV as JSON text).',
      aliases: ['yscore', 'probabilities', 'probs', 'yproba'],
    },
    WEIGHT_COLUMN,
  ],
  start: (settings, size) => new MultilabelState(settings, size),
  restore: (settings, size, saved) => new MultilabelState(settings, size, saved),
};
