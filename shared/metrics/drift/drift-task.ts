import type { Task } from '../task.ts';
import { DriftState } from './drift-state.ts';
import type { DriftSettings } from './settings.ts';

export { DEFAULT_DRIFT_SETTINGS, type DriftSettings, type FeatureKind } from './settings.ts';

/**
 * A reference sample against a current one, feature by feature: population stability index, Jensen-Shannon distance and the
 * chi-square test over bins or categories, the test of Kolmogorov and Smirnov over numbers.
 */
export const driftTask: Task<DriftSettings> = {
  name: 'drift',
  columns: [
    {
      name: 'sample',
      isRequired: false,
      description: '"reference" or "current"; all other columns are features then.',
      aliases: ['set', 'split', 'side'],
    },
    {
      name: 'reference',
      isRequired: false,
      description: 'In rows without sample: an observation of the reference, an object of features or one value.',
      aliases: ['baseline', 'expected'],
    },
    {
      name: 'current',
      isRequired: false,
      description: 'In rows without sample: an observation to compare, an object of features or one value.',
      aliases: ['production', 'live'],
    },
  ],
  start: (settings, size) => new DriftState(settings, size),
  restore: (settings, size, saved) => new DriftState(settings, size, saved),
};
