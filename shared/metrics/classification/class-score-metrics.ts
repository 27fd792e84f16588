import type { IntervalOptions } from '../evaluation.ts';
import { meanMetric } from '../mean-metric.ts';
import { type Metric, type Metrics, noMetric } from '../metric.ts';
import { shareInterval } from '../share-interval.ts';
import type { ClassificationState } from './classification-state.ts';
import {
  type Area,
  averageOneVersusOne,
  averageOneVersusRest,
  averageStandardError,
  type PairwiseAreas,
} from './pairwise-areas.ts';
import { rocInterval } from './roc.ts';

const AVERAGES = { Macro: 'macro', Weighted: 'weighted' } as const;

/** Figures of the scores by class: null where rows have none. */
export function classScoreMetrics(
  state: ClassificationState,
  order: readonly number[],
  pairs: PairwiseAreas | undefined,
  intervals: IntervalOptions,
): Metrics {
  return {
    ...areaMetrics(state, order, pairs, intervals),
    topKAccuracy: topKAccuracy(state, intervals),
    ...properMetrics(state, intervals),
  };
}

const NO_SCORES = 'rows have no scores';

function areaMetrics(
  { scores }: ClassificationState,
  order: readonly number[],
  pairs: PairwiseAreas | undefined,
  intervals: IntervalOptions,
): Metrics {
  const reason = scores.isGivenUp ? 'there are too many classes to keep their scores' : NO_SCORES;
  return Object.fromEntries(
    Object.entries(AVERAGES).flatMap(([suffix, average]) => {
      if (pairs === undefined)
        return [`rocAucOvr${suffix}`, `rocAucOvo${suffix}`].map((name) => [name, noMetric(reason)]);
      const areas = { Ovr: averageOneVersusRest(pairs, average), Ovo: averageOneVersusOne(pairs, average) };
      return Object.entries(areas).map(([over, area]) => {
        const kind = over === 'Ovr' ? 'ovr' : 'ovo';
        const standardError =
          intervals.method === 'none' ? undefined : averageStandardError(scores, order, pairs, average, kind);
        const metric = areaMetric(area, scores.isExact);
        return [`rocAuc${over}${suffix}`, withInterval(metric, standardError, pairs, intervals.level)];
      });
    }),
  );
}

function areaMetric({ area, errorBound }: Area, isExact: boolean): Metric {
  if (!Number.isFinite(area)) return noMetric('rows with scores are labelled with fewer than two classes');
  return isExact ? { value: area } : { value: area, errorBound };
}

/** On the scale of the logit, as a single area's. */
function withInterval(
  metric: Metric,
  standardError: number | undefined,
  { weights }: PairwiseAreas,
  level: number,
): Metric {
  if (metric.value === null || standardError === undefined) return metric;
  const rarer = Math.min(...weights.filter((weight) => weight > 0));
  return { ...metric, ...rocInterval({ area: metric.value, standardError }, rarer, level) };
}

/** Share of rows whose label is among the k greatest scores; equal scores in the order of labels. */
function topKAccuracy({ topK }: ClassificationState, { method, level }: IntervalOptions): Metric {
  const weight = topK.weight(0) + topK.weight(1);
  if (weight === 0) return noMetric(NO_SCORES);
  const value = topK.weight(1) / weight;
  if (method === 'none') return { value };
  const trials = weight ** 2 / (topK.squares(0) + topK.squares(1));
  return { value, interval: shareInterval(value, trials, level), intervalMethod: 'wilson' };
}

/** Figures that read scores as probabilities. The Brier score is the sum over classes (0 to 2), as scikit-learn's of several classes. */
function properMetrics(state: ClassificationState, intervals: IntervalOptions): Metrics {
  const reason =
    state.improperRows > 0 ? `the scores of ${state.improperRows} rows are no probabilities that sum to 1` : NO_SCORES;
  if (state.improperRows > 0 || state.logLoss.rows === 0) {
    return { logLoss: noMetric(reason), brierScore: noMetric(reason), expectedCalibrationError: noMetric(reason) };
  }
  return {
    logLoss: meanMetric(state.logLoss, intervals, [0, Number.POSITIVE_INFINITY]),
    brierScore: meanMetric(state.brier, intervals, [0, 2]),
    expectedCalibrationError: { value: state.calibration.expectedError },
  };
}
