import { expect, test } from 'vitest';
import {
  binaryClassificationTask,
  DEFAULT_BINARY_CLASSIFICATION_SETTINGS,
} from '../../shared/metrics/classification/binary-classification-task.ts';
import { DEFAULT_INTERVALS, type SliceColumn } from '../../shared/metrics/evaluation.ts';
import { fairnessOf } from '../../shared/metrics/fairness/fairness.ts';
import { slicedTask } from '../../shared/metrics/slices/sliced-task.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';

interface FairnessCase {
  /** One digit a row. */
  readonly groups: string;
  readonly labels: string;
  readonly selected: string;
  readonly weights: readonly number[] | null;
  readonly expected: Expected;
}

const TOLERANCE = 1e-11;
const task = slicedTask(binaryClassificationTask, ['group']);

test('groups are treated as evenly as fairlearn says', () => {
  const { cases } = readVectors<FairnessCase>('fairness');
  const intervals = { ...DEFAULT_INTERVALS, method: 'analytic' } as const;
  let largest = 0;
  const wrong = cases.flatMap(({ groups, labels, selected, weights, expected }, n) => {
    const state = task.start(DEFAULT_BINARY_CLASSIFICATION_SETTINGS, 'whole');
    for (let i = 0; i < groups.length; i++) {
      const row = { group: groups[i], label: labels[i], score: selected[i], weight: weights?.[i] };
      expect(state.add(row)).toBeNull();
    }
    const [column] = state.evaluate(intervals).slices ?? [];
    const evaluation = fairnessOf(column as SliceColumn, intervals);
    largest = Math.max(largest, largestDeviation(evaluation, expected));
    return [...deviations(evaluation, expected, TOLERANCE), ...malformed(evaluation)].map(
      (said) => `case ${n}: ${said}`,
    );
  });
  console.info(`fairness: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(500);
  expect(wrong).toEqual([]);
});
