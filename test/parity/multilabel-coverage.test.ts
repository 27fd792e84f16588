import { expect, test } from 'vitest';
import { type SeededRandom, seededRandom } from '../../shared/core/seeded-random.ts';
import {
  DEFAULT_MULTILABEL_SETTINGS as settings,
  multilabelTask as task,
} from '../../shared/metrics/classification/multilabel-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { coverageOf, stateOf } from '../support/evaluate-rows.ts';

const LABELS = ['a', 'b', 'c', 'd'];
const DRAWS = 2_000;
const ROWS = 300;

/** Labels of a row hang together, by what it is about and by how hard it is: as independent cells their intervals would be too narrow. */
function rowOf(random: SeededRandom) {
  const [topic, hardness] = [random.normal(), 0.6 + random.next()];
  const labels = LABELS.filter((_, c) => topic + random.normal() > 0.2 + 0.4 * c);
  const scores = Object.fromEntries(
    LABELS.map((label) => [label, 0.25 + (labels.includes(label) ? 0.5 : 0) + 0.3 * hardness * random.normal()]),
  );
  return { labels, scores };
}

test('95 % intervals of averages over labels and of rankings cover what they should, within 1.5 points', {
  timeout: 240_000,
}, () => {
  const random = seededRandom(7);
  const many = stateOf(
    task,
    settings,
    Array.from({ length: 200_000 }, () => rowOf(random)),
    'slice',
  );
  const truth = many.evaluate({ ...DEFAULT_INTERVALS, method: 'none' }).metrics;
  const found = Array.from({ length: DRAWS }, () => {
    const state = stateOf(
      task,
      settings,
      Array.from({ length: ROWS }, () => rowOf(random)),
      'slice',
    );
    return state.evaluate(DEFAULT_INTERVALS).metrics;
  });
  const averages = ['precision', 'recall', 'f1'].flatMap((name) =>
    ['Micro', 'Macro', 'Weighted'].map((of) => name + of),
  );
  const rankings = ['labelRankingLoss', 'labelCoverageError', 'labelRankingAveragePrecision'];
  const coverages = [...averages, ...rankings, 'hammingLoss'].map(
    (name) => [name, coverageOf(DRAWS, truth[name]?.value as number, (n) => found[n]?.[name]?.interval)] as const,
  );
  console.info(Object.fromEntries(coverages));
  expect(coverages.filter(([, coverage]) => Math.abs(coverage - 0.95) > 0.015)).toEqual([]);
});
