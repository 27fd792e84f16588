import { expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import {
  DEFAULT_MULTILABEL_SETTINGS as settings,
  multilabelTask as task,
} from '../../shared/metrics/classification/multilabel-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';
import { inParts, shuffled, stateOf } from '../support/evaluate-rows.ts';

/** A digit of `truth` says whether the row has the label. */
interface MultilabelCase {
  readonly truth: readonly string[];
  readonly scores: readonly (readonly number[])[];
  readonly weights?: readonly number[];
  readonly expected: Expected;
}

const LABELS = 'abcde';

function rowsOf({ truth, scores, weights }: MultilabelCase) {
  return truth.map((digits, i) => ({
    labels: [...digits].flatMap((digit, c) => (digit === '1' ? [LABELS[c] as string] : [])),
    scores: Object.fromEntries((scores[i] ?? []).map((score, c) => [LABELS[c] as string, score])),
    weight: weights?.[i],
  }));
}

test('multi-label classification says what scikit-learn says, degenerate rows included', () => {
  const { cases } = readVectors<MultilabelCase>('multilabel');
  let largest = 0;
  const wrong = cases.flatMap((each, n) => {
    const evaluation = stateOf(task, settings, rowsOf(each)).evaluate(DEFAULT_INTERVALS);
    largest = Math.max(largest, largestDeviation(evaluation, each.expected));
    return [...deviations(evaluation, each.expected, 1e-9), ...malformed(evaluation)].map(
      (said) => `case ${n}: ${said}`,
    );
  });
  console.info(`multilabel: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(400);
  expect(wrong).toEqual([]);
});

test('its figures depend on neither the order of rows nor on parts, and a score that is left out is 0', () => {
  const random = seededRandom(41);
  for (const each of readVectors<MultilabelCase>('multilabel').cases.slice(0, 60)) {
    const rows = rowsOf(each);
    const whole = stateOf(task, settings, rows).evaluate(DEFAULT_INTERVALS);
    const sparse = rows.map((row) => ({
      ...row,
      scores: { a: 0, ...Object.fromEntries(Object.entries(row.scores).filter(([, score]) => score > 0)) },
    }));
    const reordered = shuffled(rows, random);
    expect(inParts(task, settings, reordered, 3).evaluate(DEFAULT_INTERVALS)).toEqual(whole);
    if (each.weights !== undefined) continue;
    const left = stateOf(task, settings, sparse).evaluate(DEFAULT_INTERVALS).metrics;
    for (const name of ['rocAucMacro', 'averagePrecisionMacro', 'f1Micro'])
      expect(left[name]).toEqual(whole.metrics[name]);
  }
});
