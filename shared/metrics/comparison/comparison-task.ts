import type { Task } from '../task.ts';
import { ComparisonState } from './comparison-state.ts';

export interface ComparisonSettings {
  /** What `baseline` and `candidate` hold: scores of label 1, predicted classes, predicted numbers, or how good the ranking of a query is. */
  readonly kind: 'binary-classification' | 'classification' | 'regression' | 'ranking';
  /** Of scores: a row is predicted positive where its score is at least this. */
  readonly threshold: number;
}

export const DEFAULT_COMPARISON_SETTINGS: ComparisonSettings = { kind: 'binary-classification', threshold: 0.5 };

/** Rows that two models were both asked: the truth, what the present model says, and what the one that may follow it says. */
export const comparisonTask: Task<ComparisonSettings> = {
  name: 'comparison',
  columns: [
    {
      name: 'label',
      isRequired: true,
      description: 'The truth: 0 or 1, a class, or a number.',
      aliases: ['ytrue', 'y', 'target', 'actual', 'truth', 'class', 'outcome'],
    },
    {
      name: 'baseline',
      isRequired: true,
      description: 'What the present model says: the score of 1, a class, or a number.',
      aliases: [
        'current',
        'old',
        'control',
        'champion',
        'a',
        'modela',
        'scorea',
        'baselinescore',
        'baselineprediction',
      ],
    },
    {
      name: 'candidate',
      isRequired: true,
      description: 'What the new model says, of the same kind.',
      aliases: ['new', 'challenger', 'b', 'modelb', 'scoreb', 'candidatescore', 'candidateprediction'],
    },
  ],
  start: (settings, size) => new ComparisonState(settings, size),
  restore: (settings, size, saved) => new ComparisonState(settings, size, saved),
};
