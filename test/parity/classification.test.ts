import { expect, test } from 'vitest';
import { classificationTask as task } from '../../shared/metrics/classification/classification-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';
import { stateOf } from '../support/evaluate-rows.ts';

/** A label or prediction is one letter; scores are whole parts of their sum, by the letters of `classes`. */
interface ClassCase {
  readonly labels: string;
  readonly predictions?: string;
  readonly parts?: readonly (readonly number[])[];
  readonly classes?: string;
  readonly weights?: readonly number[];
  readonly beta: number;
  readonly topK: number;
  readonly expected: Expected;
}

function rowsOf({ labels, predictions, parts, classes, weights }: ClassCase) {
  return Array.from({ length: labels.length }, (_, i) => ({
    label: labels[i],
    prediction: predictions?.[i],
    scores: scoresOf(parts?.[i], classes ?? ''),
    weight: weights?.[i],
  }));
}

function scoresOf(parts: readonly number[] | undefined, classes: string) {
  const total = parts?.reduce((sum, part) => sum + part, 0) ?? 0;
  return parts === undefined ? undefined : Object.fromEntries(parts.map((part, c) => [classes[c], part / total]));
}

test('classification says what scikit-learn says, degenerate rows included', () => {
  const { cases } = readVectors<ClassCase>('classification');
  let largest = 0;
  const wrong = cases.flatMap((each, n) => {
    const settings = { beta: each.beta, topK: each.topK, calibrationBins: 10 };
    const evaluation = stateOf(task, settings, rowsOf(each)).evaluate({ ...DEFAULT_INTERVALS, draws: 100 });
    largest = Math.max(largest, largestDeviation(evaluation, each.expected));
    return [...deviations(evaluation, each.expected, 1e-9), ...malformed(evaluation)].map(
      (said) => `case ${n}: ${said}`,
    );
  });
  console.info(`classification: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(500);
  expect(wrong).toEqual([]);
});
