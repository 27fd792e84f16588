import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import {
  DEFAULT_CLASSIFICATION_SETTINGS as settings,
  classificationTask as task,
} from '../../shared/metrics/classification/classification-task.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { coverageOf, evaluated, stateOf } from '../support/evaluate-rows.ts';
import { CLASSES, rowsOf } from '../support/softmax-rows.ts';

const intervals = { ...DEFAULT_INTERVALS, draws: 200 };
const none = { ...DEFAULT_INTERVALS, method: 'none' as const };

describe('95 % intervals cover what they should in 2,000 draws, within 1.5 points', () => {
  /** Of each label, how often it is predicted as each. */
  const CHANCES = [
    [0.35, 0.1, 0.05],
    [0.05, 0.2, 0.05],
    [0.02, 0.08, 0.1],
  ];
  const rowAt = (at: number) => {
    let left = at;
    for (let t = 0; t < 3; t++) {
      for (let p = 0; p < 3; p++) {
        left -= CHANCES[t]?.[p] as number;
        if (left < 0) return { label: CLASSES[t], prediction: CLASSES[p] };
      }
    }
    return { label: CLASSES[2], prediction: CLASSES[2] };
  };
  const MANY = 10_000;
  const whole = evaluated(
    task,
    settings,
    Array.from({ length: MANY }, (_, i) => rowAt((i + 0.5) / MANY)),
    none,
  ).metrics;
  const states = Array.from({ length: 2_000 }, (_, seed) => {
    const random = seededRandom(seed);
    return stateOf(
      task,
      settings,
      Array.from({ length: 300 }, () => rowAt(random.next())),
      'slice',
    );
  });
  test.each(['bootstrap', 'analytic'] as const)('by method %s', { timeout: 240_000 }, (method) => {
    const found = states.map((state) => state.evaluate({ ...intervals, method, draws: 1_000 }).metrics);
    for (const name of ['f1Macro', 'precisionWeighted', 'matthewsCorrelation', 'cohenKappa', 'accuracy']) {
      const coverage = coverageOf(2_000, whole[name]?.value as number, (n) => found[n]?.[name]?.interval);
      expect([name, Math.abs(coverage - 0.95) <= 0.015 ? 'covers' : coverage]).toEqual([name, 'covers']);
    }
  });

  test('of the mean areas, against the rest and over pairs', { timeout: 300_000 }, () => {
    const names = ['rocAucOvrMacro', 'rocAucOvrWeighted', 'rocAucOvoMacro', 'rocAucOvoWeighted'];
    const truth = evaluated(task, settings, rowsOf(60_000, seededRandom(99), false, true), none).metrics;
    const found = Array.from({ length: 2_000 }, (_, seed) => {
      const state = stateOf(task, settings, rowsOf(150, seededRandom(seed), false, true));
      return state.evaluate({ ...intervals, method: 'analytic' }).metrics;
    });
    for (const name of names) {
      const coverage = coverageOf(2_000, truth[name]?.value as number, (n) => found[n]?.[name]?.interval);
      console.info(`${name}: ${coverage}`);
      expect([name, Math.abs(coverage - 0.95) <= 0.015 ? 'covers' : coverage]).toEqual([name, 'covers']);
    }
  });

  test('of the mean areas where classes differ much in their shares', { timeout: 300_000 }, () => {
    const truth = evaluated(task, settings, rowsOf(60_000, seededRandom(98)), none).metrics;
    const found = Array.from({ length: 2_000 }, (_, seed) => {
      const state = stateOf(task, settings, rowsOf(800, seededRandom(seed + 10_000)));
      return state.evaluate({ ...intervals, method: 'analytic' }).metrics;
    });
    for (const name of ['rocAucOvrWeighted', 'rocAucOvoWeighted', 'rocAucOvoMacro']) {
      const coverage = coverageOf(2_000, truth[name]?.value as number, (n) => found[n]?.[name]?.interval);
      console.info(`${name}, uneven: ${coverage}`);
      expect([name, Math.abs(coverage - 0.95) <= 0.015 ? 'covers' : coverage]).toEqual([name, 'covers']);
    }
  });
});
