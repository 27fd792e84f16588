import { describe, expect, test } from 'vitest';
import { type SeededRandom, seededRandom } from '../../shared/core/seeded-random.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { quantileMetrics } from '../../shared/metrics/regression/quantile-metrics.ts';
import { QuantileRows } from '../../shared/metrics/regression/quantile-rows.ts';
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

describe('predicted quantiles', () => {
  const normalQuantiles = { '0.05': -1.6448536269514722, '0.5': 0, '0.95': 1.6448536269514722 };

  test('of three rows have the figures that are worked out by hand, from an object, from JSON text and from two columns', () => {
    const rows = [
      { actual: 1, predicted: 2, lower: 0, upper: '4' },
      { actual: 9, predicted: 2, quantiles: '{"0.1": 1, "0.9": 4}' },
      { actual: 4, predicted: 2, quantiles: { '0.1': 5, '0.9': 4 } },
    ];
    const { metrics, warnings, curves } = evaluated(task, { ...settings, intervalCoverage: 0.8 }, rows, none);
    expect(metrics['quantileCoverage:0.9']?.value).toBeCloseTo(2 / 3, 15);
    expect(metrics['pinballLoss:0.9']?.value).toBeCloseTo((0.1 * 3 + 0.9 * 5 + 0) / 3, 14);
    expect(metrics['pinballLoss:0.1']?.value).toBeCloseTo((0.1 * 1 + 0.1 * 8 + 0.9 * 1) / 3, 14);
    expect(metrics['intervalCoverage:0.8']?.value).toBeCloseTo(1 / 3, 15);
    expect(metrics['intervalWidth:0.8']?.value).toBeCloseTo((4 + 3 - 1) / 3, 15);
    expect(metrics['intervalScore:0.8']?.value).toBeCloseTo((4 + (3 + 10 * 5) + (-1 + 10 * 1)) / 3, 13);
    expect(metrics['quantileCrossing']?.value).toBeCloseTo(1 / 3, 15);
    expect(warnings).toHaveLength(1);
    expect(curves?.['quantiles']?.lines[0]?.x).toEqual([0.1, 0.9]);
  });

  test('do not depend on the order of rows, nor on parts, nor on whether all rows have all of them', () => {
    const random = seededRandom(33);
    const rows = Array.from({ length: 900 }, () => {
      const actual = random.normal();
      const kind = random.below(3);
      const quantiles = kind === 0 ? normalQuantiles : kind === 1 ? { '0.5': 0.1 * random.normal(), '0.2': -0.8 } : {};
      return { actual, predicted: 0, quantiles, weight: random.next() * 2 };
    });
    const whole = evaluated(task, settings, rows, intervals);
    expect(whole.metrics['intervalScore:0.9']?.interval).toBeDefined();
    const reordered = shuffled(rows, random);
    expect(evaluated(task, settings, reordered, intervals)).toEqual(whole);
    expect(inParts(task, settings, reordered, 4).evaluate(intervals)).toEqual(whole);
  });

  test.each([
    [{ quantiles: '{"0.1": 1' }, 'quantiles: expected an object of numbers by share, such as'],
    [{ quantiles: { 10: 1 } }, 'quantiles: expected shares above 0 and below 1, got "10"'],
    [{ quantiles: { '0.1': 'low' } }, 'quantiles.0.1: expected a number of at most 1e10 in size, got "low"'],
    [{ lower: 1e11 }, 'lower: expected a number of at most 1e10 in size, got 100000000000'],
  ])('%j is refused', (row, reason) => {
    expect(task.start(settings, 'whole').add({ actual: 1, predicted: 1, ...row })).toContain(reason);
  });

  test('more than 99 different ones are cut, and it is said', () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({
      actual: 1,
      predicted: 1,
      quantiles: { [(i + 1) / 1_000]: 0.5 },
    }));
    const { metrics, warnings } = evaluated(task, settings, rows, none);
    expect(Object.keys(metrics).filter((name) => name.startsWith('quantileCoverage'))).toHaveLength(99);
    expect(warnings).toEqual(['There are more than 99 different quantiles: some are left out.']);
  });

  test('95 % intervals of their figures cover what they should in 2,000 draws, within 1.5 points', {
    timeout: 120_000,
  }, () => {
    const random = seededRandom(34);
    const quantiles = new Map(Object.entries(normalQuantiles).map(([share, value]) => [Number(share), value]));
    const found = Array.from({ length: 2_000 }, () => {
      const rows = new QuantileRows();
      for (let i = 0; i < 1_000; i++) rows.add(random.normal(), quantiles, 1);
      return quantileMetrics(rows, intervals);
    });
    // Of the standard normal distribution: its density at the quantile, and 20 times those of both ends for the score of the interval.
    const density = 0.10313564037537139;
    const truths = { 'pinballLoss:0.05': density, 'intervalScore:0.9': 40 * density, 'quantileCoverage:0.5': 0.5 };
    for (const [name, truth] of Object.entries(truths)) {
      const coverage = coverageOf(2_000, truth, (n) => found[n]?.[name]?.interval);
      console.info(`${name}: ${coverage}`);
      expect([name, Math.abs(coverage - 0.95) <= 0.015 ? 'covers' : coverage]).toEqual([name, 'covers']);
    }
  });
});
