import { expect, test } from 'vitest';
import {
  binaryClassificationTask,
  DEFAULT_BINARY_CLASSIFICATION_SETTINGS,
} from '../../shared/metrics/classification/binary-classification-task.ts';
import { DEFAULT_INTERVALS, type Evaluation } from '../../shared/metrics/evaluation.ts';
import { DEFAULT_UPLIFT_SETTINGS, upliftTask } from '../../shared/metrics/marketing/uplift-task.ts';
import type { RowRecord, Task } from '../../shared/metrics/task.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';
import { deviationsOf } from '../support/deviations.ts';
import { evaluated } from '../support/evaluate-rows.ts';

const TOLERANCE = 1e-9;

interface GainsCase {
  readonly labels: string;
  readonly scores: readonly number[];
  readonly weights?: readonly number[];
  readonly value: number;
  readonly cost: number;
  readonly deciles: readonly number[];
  readonly expected: Expected;
}

interface AmountCase {
  readonly treatment: string;
  readonly score: readonly number[];
  readonly amount: readonly number[];
  readonly expected: Expected;
}

function checked<S>(name: string, task: Task<S>, each: readonly [S, RowRecord[], Expected][]): Evaluation[] {
  let largest = 0;
  const wrong: string[] = [];
  const evaluations = each.map(([settings, rows, expected], n) => {
    const evaluation = evaluated(task, settings, rows, { ...DEFAULT_INTERVALS, draws: 100 });
    largest = Math.max(largest, largestDeviation(evaluation, expected));
    const said = [...deviations(evaluation, expected, TOLERANCE), ...malformed(evaluation)];
    wrong.push(...said.map((words) => `case ${n}: ${words}`));
    return evaluation;
  });
  console.info(`${name}: ${each.length} cases, largest deviation ${largest}`);
  expect(wrong).toEqual([]);
  return evaluations;
}

test('lift, gains and the best cut-off are what follows from scikit-learn’s ROC curve', () => {
  const { cases } = readVectors<GainsCase>('gains');
  expect(cases.length).toBeGreaterThanOrEqual(250);
  const evaluations = checked(
    'gains',
    binaryClassificationTask,
    cases.map(({ labels, scores, weights, value, cost, expected }) => [
      {
        ...DEFAULT_BINARY_CLASSIFICATION_SETTINGS,
        atPercents: [10, 25, 50],
        valuePerPositive: value,
        costPerContact: cost,
      },
      scores.map((score, i) => ({ label: labels[i], score, weight: weights?.[i] })),
      expected,
    ]),
  );
  const wrong = evaluations.flatMap(({ tables }, n) => {
    const gains = tables?.['gains']?.rows.map((row) => row.at(-1) as number | null) ?? [];
    return deviationsOf(gains, (cases[n] as GainsCase).deciles, TOLERANCE);
  });
  expect(wrong).toEqual([]);
});

test('uplift of amounts is what SciPy and NumPy say', () => {
  const { cases } = readVectors<AmountCase>('uplift-amounts');
  expect(cases.length).toBeGreaterThanOrEqual(150);
  checked(
    'uplift of amounts',
    upliftTask,
    cases.map(({ treatment, score, amount, expected }) => [
      { ...DEFAULT_UPLIFT_SETTINGS, outcomeKind: 'amount' },
      score.map((each, i) => ({ treatment: treatment[i], score: each, outcome: amount[i] })),
      expected,
    ]),
  );
});
