import { WEIGHT_COLUMN } from '../read-weight.ts';
import type { Task } from '../task.ts';
import { RegressionState } from './regression-state.ts';

export interface RegressionSettings {
  /** Of `pinballLoss`: the quantile that is predicted, above 0 and below 1; 0.5 is the median, whose loss is half of `mae`. */
  readonly quantile: number;
}

export const DEFAULT_REGRESSION_SETTINGS: RegressionSettings = { quantile: 0.5 };

/** Rows with a number and what was predicted for it. */
export const regressionTask: Task<RegressionSettings> = {
  name: 'regression',
  columns: [
    {
      name: 'actual',
      isRequired: true,
      description: 'The true number, of at most 1e10 in size.',
      aliases: ['ytrue', 'y', 'target', 'truth', 'observed', 'label', 'value'],
    },
    {
      name: 'predicted',
      isRequired: true,
      description: 'What the model says, of at most 1e10 in size.',
      aliases: ['ypred', 'prediction', 'predicted', 'yhat', 'forecast', 'estimate'],
    },
    WEIGHT_COLUMN,
  ],
  start: (settings, size) => new RegressionState(settings, size),
  restore: (settings, size, saved) => new RegressionState(settings, size, saved),
};
