import { describe, expect, test } from 'vitest';
import { type SeededRandom, seededRandom } from '../../shared/core/seeded-random.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { RegressionState } from '../../shared/metrics/regression/regression-state.ts';
import {
  DEFAULT_REGRESSION_SETTINGS as settings,
  regressionTask as task,
} from '../../shared/metrics/regression/regression-task.ts';
import { Spread } from '../../shared/metrics/spread.ts';
import { coverageOf, evaluated, inParts, shuffled, stateOf } from '../support/evaluate-rows.ts';

const intervals = { ...DEFAULT_INTERVALS, draws: 200 };
const none = { ...DEFAULT_INTERVALS, method: 'none' as const };

function rowsOf(count: number, random: SeededRandom, isWeighted = false) {
  return Array.from({ length: count }, () => {
    const predicted = 10 + 3 * random.normal();
    const row = { actual: predicted + random.normal(), predicted };
    return isWeighted ? { ...row, weight: random.next() * 2 } : row;
  });
}

describe('a regression', () => {
  test('of three rows has the figures that are worked out by hand', () => {
    const rows = [
      { actual: 1, predicted: 2 },
      { actual: 2, predicted: 2 },
      { actual: 6, predicted: 4 },
    ];
    const { metrics } = evaluated(task, settings, rows, none);
    expect(metrics['mse']?.value).toBeCloseTo(5 / 3, 15);
    expect(metrics['r2']?.value).toBeCloseTo(1 - 5 / 14, 15);
    expect([metrics['mae']?.value, metrics['medianAbsoluteError']?.value, metrics['maxError']?.value]).toEqual([
      1, 1, 2,
    ]);
    expect(metrics['pinballLoss']?.value).toBe(0.5);
  });

  test.each([false, true])('does not depend on the order of rows, nor on parts (weights: %s)', (isWeighted) => {
    const random = seededRandom(31);
    const rows = rowsOf(1_500, random, isWeighted);
    const whole = evaluated(task, settings, rows, intervals);
    const reordered = shuffled(rows, random);
    expect(whole.metrics['r2']?.intervalMethod).toBe('bootstrap');
    expect(evaluated(task, settings, reordered, intervals)).toEqual(whole);
    expect(inParts(task, settings, reordered, 4).evaluate(intervals)).toEqual(whole);
  });

  test('has its median within the bound once errors are in bins, all else exactly', () => {
    const random = seededRandom(32);
    const rows = rowsOf(9_000, random, true);
    const exact = evaluated(task, settings, rows, none).metrics;
    const binned = stateOf(task, settings, rows, 'slice').evaluate(intervals);
    const { value, errorBound } = binned.metrics['medianAbsoluteError'] as { value: number; errorBound: number };
    expect(Math.abs(value - (exact['medianAbsoluteError']?.value as number))).toBeLessThanOrEqual(errorBound);
    expect(errorBound).toBeLessThan(0.03 * value);
    for (const name of ['mse', 'r2', 'mape']) expect(binned.metrics[name]?.value).toBe(exact[name]?.value);
    expect(inParts(task, settings, shuffled(rows, random), 5, 'slice').evaluate(intervals)).toEqual(binned);
  });

  test('has null with a reason for what cannot be worked out', () => {
    const rows = [
      { actual: 0, predicted: 1 },
      { actual: 0, predicted: 0 },
    ];
    const { metrics } = evaluated(task, settings, rows, intervals);
    expect(metrics['r2']).toEqual({ value: null, reason: 'actual values are all equal' });
    expect(metrics['mape']).toEqual({ value: null, reason: '2 rows have an actual of 0 or next to it' });
    const empty = evaluated(task, settings, [], intervals).metrics;
    expect(Object.values(empty).filter(({ value }) => value !== null)).toEqual([{ value: 0 }]);
  });

  test.each([
    [{ actual: 'x', predicted: 1 }, 'actual: expected a number of at most 1e10 in size, got "x"'],
    [{ actual: 1, predicted: 1e11 }, 'predicted: expected a number of at most 1e10 in size, got 100000000000'],
  ])('names what is wrong with %j', (row, said) => {
    expect(task.start(settings, 'whole').add(row)).toBe(said);
  });

  test('keeps its digits with the largest numbers and weights', () => {
    const rows = [
      { actual: 1e10, predicted: -1e10, weight: 2 ** 20 },
      { actual: 1e10, predicted: 0, weight: 2 ** 20 },
    ];
    const { metrics } = evaluated(task, settings, rows, intervals);
    expect(metrics['mse']?.value).toBeCloseTo(2.5e20, -6);
    expect(metrics['mse']?.interval?.every(Number.isFinite)).toBe(true);
  });
});

test('a spread loses nothing where values are large and apart by little', () => {
  const spread = new Spread();
  for (let i = 0; i < 1_000; i++) spread.add(1e9 + (i % 2) * 2 ** -10, i % 3 === 0 ? 0.1 : 1);
  const odd = Array.from({ length: 1_000 }, (_, i) => i).filter((i) => i % 2 === 1);
  const weightOf = (i: number) => (i % 3 === 0 ? 0.1 : 1);
  const [all, ones] = [Array.from({ length: 1_000 }, (_, i) => i), odd].map((of) =>
    of.reduce((sum, i) => sum + weightOf(i), 0),
  ) as [number, number];
  expect(spread.sumOfSquares / (2 ** -20 * ones * (1 - ones / all))).toBeCloseTo(1, 9);
});

describe('95 % intervals cover what they should in 2,000 draws, within 1.5 points', () => {
  const SQUARE = 1;
  const states = Array.from({ length: 2_000 }, (_, seed) => {
    const random = seededRandom(seed);
    const state = new RegressionState(settings, 'slice');
    for (let i = 0; i < 200; i++) {
      const predicted = 3 * random.normal();
      state.take(predicted + random.normal(), predicted, 1);
    }
    return state.evaluate({ ...intervals, method: 'analytic' }).metrics;
  });
  test.each([
    ['mse', SQUARE],
    ['rmse', 1],
    ['mae', Math.sqrt(2 / Math.PI)],
    ['meanError', 0],
    ['medianAbsoluteError', 0.6744897501960817],
    ['r2', 0.9],
  ])('%s', (name, truth) => {
    const coverage = coverageOf(2_000, truth, (n) => states[n]?.[name]?.interval);
    expect([name, Math.abs(coverage - 0.95) <= 0.015 ? 'covers' : coverage]).toEqual([name, 'covers']);
  });
});
