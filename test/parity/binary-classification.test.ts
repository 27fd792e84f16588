import { expect, test } from 'vitest';
import {
  binaryClassificationTask,
  DEFAULT_BINARY_CLASSIFICATION_SETTINGS,
} from '../../shared/metrics/classification/binary-classification-task.ts';
import { BinaryState } from '../../shared/metrics/classification/binary-state.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';

interface BinaryCase {
  readonly labels: string;
  readonly scores: readonly number[];
  readonly weights?: readonly number[];
  readonly threshold: number;
  readonly beta: number;
  readonly costs: readonly [number, number];
  readonly expected: Expected;
}

const TOLERANCE = 1e-9;

test('binary classification says what scikit-learn says, degenerate rows included', () => {
  const { cases } = readVectors<BinaryCase>('binary');
  let largest = 0;
  const wrong = cases.flatMap((each, n) => {
    const { threshold, beta, costs } = each;
    const settings = {
      ...DEFAULT_BINARY_CLASSIFICATION_SETTINGS,
      threshold,
      beta,
      costFalsePositive: costs[0],
      costFalseNegative: costs[1],
    };
    const state = binaryClassificationTask.start(settings, 'whole');
    for (let i = 0; i < each.labels.length; i++) {
      expect(state.add({ label: each.labels[i], score: each.scores[i], weight: each.weights?.[i] })).toBeNull();
    }
    const evaluation = state.evaluate({ ...DEFAULT_INTERVALS, draws: 100 });
    largest = Math.max(largest, largestDeviation(evaluation, each.expected));
    return [...deviations(evaluation, each.expected, TOLERANCE), ...malformed(evaluation)].map(
      (said) => `case ${n}: ${said}`,
    );
  });
  console.info(`binary: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(560);
  expect(wrong).toEqual([]);
});

test('arrays say what rows say', () => {
  const { cases } = readVectors<BinaryCase>('binary');
  for (const { labels, scores, weights } of cases.slice(0, 50)) {
    const [byRow, byArrays] = [0, 0].map(() => new BinaryState(DEFAULT_BINARY_CLASSIFICATION_SETTINGS, 'whole')) as [
      BinaryState,
      BinaryState,
    ];
    scores.forEach((score, i) => {
      byRow.add({ label: labels[i], score: String(score), weight: weights?.[i] });
    });
    byArrays.addArrays([...labels].map(Number), scores, weights);
    expect(byArrays.evaluate(DEFAULT_INTERVALS)).toEqual(byRow.evaluate(DEFAULT_INTERVALS));
  }
});
