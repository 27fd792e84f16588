import type { IntervalOptions } from '../evaluation.ts';
import { meanMetric } from '../mean-metric.ts';
import { type Metrics, noMetric } from '../metric.ts';
import type { BinaryState } from './binary-state.ts';

/** Figures that read scores as probabilities: null where one is none. */
export function probabilityMetrics(state: BinaryState, intervals: IntervalOptions): Metrics {
  const reason = state.outsideRows > 0 ? `${state.outsideRows} scores lie outside 0 to 1` : 'there are no rows';
  if (state.outsideRows > 0 || state.logLoss.rows === 0) {
    return { logLoss: noMetric(reason), brierScore: noMetric(reason), expectedCalibrationError: noMetric(reason) };
  }
  return {
    logLoss: meanMetric(state.logLoss, intervals, [0, Number.POSITIVE_INFINITY]),
    brierScore: meanMetric(state.brier, intervals, [0, 1]),
    expectedCalibrationError: { value: state.calibration.expectedError },
  };
}
