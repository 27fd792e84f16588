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

test('rankings of labels need a score for every label, and say so; averages over labels keep their intervals', () => {
  const rows = [
    { labels: ['a'], scores: { a: 0.9, b: 0.6, c: 0.1 } },
    { labels: ['b', 'c'], scores: { a: 0.7, b: 0.8, c: 0.2 } },
    { labels: [], scores: { a: 0.4 } },
  ];
  const { metrics } = stateOf(task, settings, rows).evaluate(DEFAULT_INTERVALS);
  const reason = 'some rows score 1 of 3 labels only: each must have a score for every label';
  expect(metrics['labelRankingLoss']).toEqual({ value: null, reason });
  expect(metrics['f1Micro']?.intervalMethod).toBe('delta');
  const whole = stateOf(task, settings, rows.slice(0, 2)).evaluate(DEFAULT_INTERVALS).metrics;
  // The second row's c stands below a, which it has not: one of two pairs, depth 3, (1 + 2 / 3) / 2.
  expect(whole['labelRankingLoss']?.value).toBeCloseTo((0 + 1 / 2) / 2, 15);
  expect(whole['labelCoverageError']?.value).toBe((1 + 3) / 2);
  expect(whole['labelRankingAveragePrecision']?.value).toBeCloseTo((1 + 5 / 6) / 2, 15);
  const unscored = stateOf(task, settings, [{ labels: ['a'], predictions: ['a'] }]).evaluate(DEFAULT_INTERVALS).metrics;
  expect(unscored['labelCoverageError']?.reason).toBe('1 rows have no scores');
});
