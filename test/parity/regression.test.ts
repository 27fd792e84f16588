import { expect, test } from 'vitest';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import {
  DEFAULT_REGRESSION_SETTINGS,
  regressionTask as task,
} from '../../shared/metrics/regression/regression-task.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';
import { stateOf } from '../support/evaluate-rows.ts';

interface RegressionCase {
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
  readonly weights?: readonly number[];
  readonly quantile: number;
  /** Of all rows, by share. */
  readonly quantiles: Readonly<Record<string, readonly number[]>>;
  readonly expected: Expected;
}

test('regression says what scikit-learn says, degenerate rows included', () => {
  const { cases } = readVectors<RegressionCase>('regression');
  let largest = 0;
  const wrong = cases.flatMap(({ actual, predicted, weights, quantile, quantiles, expected }, n) => {
    const rows = actual.map((value, i) => ({
      actual: value,
      predicted: predicted[i],
      weight: weights?.[i],
      quantiles: Object.fromEntries(Object.entries(quantiles).map(([share, values]) => [share, values[i]])),
    }));
    const evaluation = stateOf(task, { ...DEFAULT_REGRESSION_SETTINGS, quantile }, rows).evaluate({
      ...DEFAULT_INTERVALS,
      draws: 100,
    });
    largest = Math.max(largest, largestDeviation(evaluation, expected));
    return [...deviations(evaluation, expected, 1e-9), ...malformed(evaluation)].map((said) => `case ${n}: ${said}`);
  });
  console.info(`regression: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(500);
  expect(wrong).toEqual([]);
});
