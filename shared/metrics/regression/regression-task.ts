import { WEIGHT_COLUMN } from '../read-weight.ts';
import type { Task } from '../task.ts';
import { RegressionState } from './regression-state.ts';

export interface RegressionSettings {
  /** Of `pinballLoss`: the quantile that is predicted, above 0 and below 1; 0.5 is the median, whose loss is half of `mae`. */
  readonly quantile: number;
  /** What share of actual numbers should lie from `lower` to `upper`, with equal tails: above 0 and below 1. */
  readonly intervalCoverage: number;
}

export const DEFAULT_REGRESSION_SETTINGS: RegressionSettings = { quantile: 0.5, intervalCoverage: 0.9 };

/** Rows with a number and what was predicted for it: a number, and quantiles or an interval where there are any. */
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
    {
      name: 'quantiles',
      isRequired: false,
      description:
        'Predicted quantiles by share, as an object such as {"0.1": 4.2, "0.9": 8.1} (in a CSV as JSON text).',
      aliases: ['predictedquantiles', 'quantileforecast'],
    },
    {
      name: 'lower',
      isRequired: false,
      description: 'The lower end of a predicted interval, whose coverage is the setting intervalCoverage.',
      aliases: ['lowerbound', 'predictedlower', 'yhatlower'],
    },
    {
      name: 'upper',
      isRequired: false,
      description: 'Its upper end.',
      aliases: ['upperbound', 'predictedupper', 'yhatupper'],
    },
    WEIGHT_COLUMN,
  ],
  start: (settings, size) => new RegressionState(settings, size),
  restore: (settings, size, saved) => new RegressionState(settings, size, saved),
};
