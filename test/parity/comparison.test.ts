import { expect, test } from 'vitest';
import {
  DEFAULT_COMPARISON_SETTINGS as settings,
  comparisonTask as task,
} from '../../shared/metrics/comparison/comparison-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';
import { stateOf } from '../support/evaluate-rows.ts';

interface ComparisonCase {
  readonly labels: string;
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
  readonly expected: Expected;
}

test('a comparison of two models says what SciPy and scikit-learn say', () => {
  const { cases } = readVectors<ComparisonCase>('comparison');
  let largest = 0;
  const wrong = cases.flatMap(({ labels, baseline, candidate, expected }, n) => {
    const rows = [...labels].map((label, i) => ({ label, baseline: baseline[i], candidate: candidate[i] }));
    const evaluation = stateOf(task, settings, rows).evaluate({ ...DEFAULT_INTERVALS, draws: 100 });
    largest = Math.max(largest, largestDeviation(evaluation, expected));
    return [...deviations(evaluation, expected, 1e-9), ...malformed(evaluation)].map((said) => `case ${n}: ${said}`);
  });
  console.info(`comparison: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(400);
  expect(wrong).toEqual([]);
});
