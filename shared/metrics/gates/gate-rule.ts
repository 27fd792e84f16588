/** What an evaluation must reach. A rule may ask for several things at once; each is a check of its own. */
export interface GateRule {
  /** A name in `Evaluation.metrics`, such as `rocAuc` or `ndcg@10`. */
  readonly metric: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Least improvement on the baseline, in the metric's own units; below 0 it is what may be lost. */
  readonly minChange?: number | undefined;
  /** The same as a share of the baseline's size: 0.02 is 2 %. */
  readonly minRelativeChange?: number | undefined;
  /** Which way is an improvement; by default as `isLowerBetter` says. */
  readonly better?: 'higher' | 'lower' | undefined;
  /** `interval`: the whole interval must be within `min` and `max`, so that luck does not pass. By default `value`. */
  readonly judgedBy?: 'value' | 'interval' | undefined;
  readonly slices?: readonly SliceRule[] | undefined;
}

/** What the metric must reach in each slice of a column. */
export interface SliceRule {
  readonly column: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Slices with fewer rows are not judged; `DEFAULT_LEAST_ROWS` by default. */
  readonly leastRows?: number | undefined;
}

export const DEFAULT_LEAST_ROWS = 30;

const LOWER_IS_BETTER = new Set([
  'logLoss',
  'brierScore',
  'expectedCalibrationError',
  'costPerRow',
  'falsePositiveRate',
  'falseNegativeRate',
  'hammingLoss',
  'labelRankingLoss',
  'labelCoverageError',
  'mse',
  'rmse',
  'mae',
  'medianAbsoluteError',
  'mape',
  'pinballLoss',
  'meanPinballLoss',
  'intervalWidth',
  'intervalScore',
  'quantileCrossing',
  'gini',
  'popularityBias',
  'psi',
  'maxPsi',
  'ks',
  'jensenShannon',
  'driftedFeatures',
  'driftedShare',
  'demographicParityDifference',
  'equalOpportunityDifference',
  'equalizedOddsDifference',
  'predictiveParityDifference',
]);

/** Whether less of a metric is better: errors, losses, costs and distances. `@10` or `:age` after the name changes nothing. */
export function isLowerBetter(metric: string): boolean {
  return LOWER_IS_BETTER.has(metric.split(/[@:]/, 1)[0] ?? metric);
}
