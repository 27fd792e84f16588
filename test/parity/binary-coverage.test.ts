import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { DEFAULT_BINARY_CLASSIFICATION_SETTINGS as settings } from '../../shared/metrics/classification/binary-classification-task.ts';
import { BinaryState } from '../../shared/metrics/classification/binary-state.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { coverageOf } from '../support/evaluate-rows.ts';

const DRAWS = 2_000;

/** Labels of chance p, which is even from 0 to 1, and scores that are not quite calibrated. */
function stateOf(rows: number, seed: number): BinaryState {
  const random = seededRandom(seed);
  const state = new BinaryState(settings, 'whole');
  for (let i = 0; i < rows; i++) {
    const p = random.next();
    state.take(random.next() < p ? 1 : 0, p ** 1.3, 1);
  }
  return state;
}

describe('95 % intervals of figures along the scores cover what they should in 2,000 draws, within 1.5 points', () => {
  const truth = stateOf(1_000_000, 999).evaluate({ ...DEFAULT_INTERVALS, method: 'none' }).metrics;

  test.each(['bootstrap', 'analytic'] as const)('by method %s', { timeout: 280_000 }, (method) => {
    const options = { ...DEFAULT_INTERVALS, method, draws: 400 };
    const found = Array.from({ length: DRAWS }, (_, seed) => stateOf(300, seed).evaluate(options).metrics);
    for (const name of ['averagePrecision', 'rocAuc', 'logLoss', 'brierScore']) {
      const coverage = coverageOf(DRAWS, truth[name]?.value as number, (n) => found[n]?.[name]?.interval);
      expect([name, Math.abs(coverage - 0.95) <= 0.015 ? 'covers' : coverage]).toEqual([name, 'covers']);
    }
  });
});
