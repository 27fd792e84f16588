import { expect, test } from 'vitest';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { rankingTask } from '../../shared/metrics/ranking/ranking-task.ts';
import { deviations, type Expected, largestDeviation, malformed, readVectors } from '../support/compare-metrics.ts';

interface RankingCase {
  /** Gains by item, and the items as ranked. */
  readonly queries: readonly (readonly [relevant: readonly (readonly [number, number])[], ranked: readonly number[]])[];
  readonly k: readonly number[];
  readonly gain: 'linear' | 'exponential';
  readonly catalogueSize: number | null;
  readonly expected: Expected;
}

const TOLERANCE = 1e-11;

test('rankings are worth what scikit-learn and the definitions say', () => {
  const { cases } = readVectors<RankingCase>('ranking');
  let largest = 0;
  const wrong = cases.flatMap(({ queries, k, gain, catalogueSize, expected }, n) => {
    const state = rankingTask.start({ k, gain, catalogueSize }, 'whole');
    for (const [relevant, ranked] of queries) {
      expect(state.add({ relevant: Object.fromEntries(relevant), ranked })).toBeNull();
    }
    const evaluation = state.evaluate({ ...DEFAULT_INTERVALS, draws: 100 });
    largest = Math.max(largest, largestDeviation(evaluation, expected));
    return [...deviations(evaluation, expected, TOLERANCE), ...malformed(evaluation)].map(
      (said) => `case ${n}: ${said}`,
    );
  });
  console.info(`ranking: ${cases.length} cases, largest deviation ${largest}`);
  expect(cases.length).toBeGreaterThanOrEqual(600);
  expect(wrong).toEqual([]);
});
