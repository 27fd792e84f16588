import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { abTestTask, DEFAULT_AB_TEST_SETTINGS } from '../../shared/metrics/marketing/ab-test-task.ts';
import { alwaysValidInterval, alwaysValidPValue } from '../../shared/metrics/marketing/always-valid.ts';
import { shareDifference, welchDifference } from '../../shared/metrics/marketing/difference.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { createRandom } from '../support/random.ts';
import { evaluateRows, expectSameInParts, expectWritable } from '../support/task-properties.ts';

const SETTINGS = DEFAULT_AB_TEST_SETTINGS;

describe('rows', () => {
  test('in any order and division give the same answer', () => {
    const random = seededRandom(7);
    const rows = Array.from({ length: 2_000 }, () => {
      const covariate = random.normal();
      return { arm: ['a', 'b', 'c'][random.below(3)], outcome: covariate + random.normal(), covariate };
    });
    expectSameInParts(abTestTask, SETTINGS, rows, 2);
    expectWritable(evaluateRows(abTestTask, SETTINGS, rows));
  });

  test('that cannot be read are named', () => {
    const state = abTestTask.start(SETTINGS, 'whole');
    expect(state.add({ arm: 'a', outcome: 'often' })).toBe('outcome: expected a number, got "often"');
    expect(state.add({ arm: '', outcome: 1 })).toBe('arm: expected a name, got ""');
    expect(state.add({ arm: 'a', outcome: 1, covariate: 'x' })).toBe('covariate: expected a number, got "x"');
    expect(state.add({ arm: 'a', outcome: 'True' })).toBeNull();
  });

  test.each<[string, RowRecord[]]>([
    ['none', []],
    ['of one arm', [{ arm: 'a', outcome: 1 }]],
    [
      'one an arm',
      [
        { arm: 'a', outcome: 1.5 },
        { arm: 'b', outcome: 2 },
      ],
    ],
    [
      'all the same',
      [1, 2, 3].flatMap(() => [
        { arm: 'a', outcome: 7 },
        { arm: 'b', outcome: 7 },
      ]),
    ],
    [
      'with a denominator of 0',
      [1, 2].flatMap((d) => [
        { arm: 'a', outcome: d, denominator: 0 },
        { arm: 'b', outcome: 1, denominator: d },
      ]),
    ],
  ])('%s: an answer that can be written', (_, rows) => {
    expectWritable(evaluateRows(abTestTask, SETTINGS, rows));
  });
});

test('a covariate makes the interval narrower', () => {
  const random = seededRandom(8);
  const rows = Array.from({ length: 4_000 }, (_, i) => {
    const covariate = 3 * random.normal();
    return {
      arm: i % 2 === 0 ? 'control' : 'b',
      outcome: covariate + random.normal() + (i % 2 === 0 ? 0 : 0.2),
      covariate,
    };
  });
  const { metrics } = evaluateRows(abTestTask, SETTINGS, rows);
  expect(metrics['cupedVarianceReduction']?.value).toBeCloseTo(0.9, 1);
  expect(metrics['cupedPValue']?.value).toBeLessThan(1e-4);
});

test('intervals are left out where none are asked for', () => {
  const rows = [0, 1, 1, 0, 1].flatMap((outcome) => [
    { arm: 'a', outcome },
    { arm: 'b', outcome: 1 - outcome },
  ]);
  const { metrics } = evaluateRows(abTestTask, SETTINGS, rows, { ...DEFAULT_INTERVALS, method: 'none' });
  expect(Object.values(metrics).filter(({ interval }) => interval !== undefined)).toEqual([]);
});

describe('intervals of 95 % hold the truth in 95 of 100 experiments', () => {
  const EXPERIMENTS = 4_000;

  test('two shares', () => {
    const random = createRandom(11);
    const binomial = (rows: number, percent: number) => {
      let successes = 0;
      for (let row = 0; row < rows; row++) if (random.below(100) < percent) successes += 1;
      return { successes, count: rows };
    };
    let covered = 0;
    for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
      const { interval } = shareDifference(binomial(300, 10), binomial(200, 15), 0.95);
      if (interval !== null && interval[0] <= 0.05 && 0.05 <= interval[1]) covered += 1;
    }
    expect(Math.abs(covered / EXPERIMENTS - 0.95)).toBeLessThan(0.015);
  });

  test('two means with unlike variances', () => {
    const random = seededRandom(12);
    const estimate = (count: number, mean: number, deviation: number) => {
      const values = Array.from({ length: count }, () => mean + deviation * random.normal());
      const value = values.reduce((sum, each) => sum + each, 0) / count;
      const variance = values.reduce((sum, each) => sum + (each - value) ** 2, 0) / (count - 1);
      return { value, variance: variance / count, count };
    };
    let covered = 0;
    for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
      const { interval } = welchDifference(estimate(12, 0, 1), estimate(25, 1, 3), 0.95);
      if (interval !== null && interval[0] <= 1 && 1 <= interval[1]) covered += 1;
    }
    expect(Math.abs(covered / EXPERIMENTS - 0.95)).toBeLessThan(0.015);
  });
});

test('always-valid intervals hold at every look, where usual ones fail by being looked at', () => {
  const random = seededRandom(13);
  const EXPERIMENTS = 2_000;
  const LOOKS = 100;
  let [brokenAlways, brokenUsual] = [0, 0];
  for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
    let [sum, isBroken, isUsualBroken] = [0, false, false];
    for (let look = 1; look <= LOOKS; look++) {
      // 100 rows of variance 1 a look, the truth being 0.
      sum += 10 * random.normal();
      const rows = 100 * look;
      const at = { difference: sum / rows, standardError: 1 / Math.sqrt(rows), rows, plannedRows: 10_000 };
      const [low = 0, high = 0] = alwaysValidInterval(at, 0.95) ?? [];
      if (low > 0 || high < 0) isBroken = true;
      if (Math.abs(at.difference) > 1.96 * at.standardError) isUsualBroken = true;
    }
    brokenAlways += Number(isBroken);
    brokenUsual += Number(isUsualBroken);
  }
  expect(brokenAlways / EXPERIMENTS).toBeLessThan(0.05);
  expect(brokenUsual / EXPERIMENTS).toBeGreaterThan(0.3);
});

test("the always-valid p-value is the level at which its interval's edge is 0", () => {
  const look = { difference: 1, standardError: 0.4, rows: 500, plannedRows: 1_000 };
  const [low = 0] = alwaysValidInterval(look, 0.95) ?? [];
  const atEdge = { ...look, difference: look.difference - low };
  expect(alwaysValidPValue(atEdge, 0.95)).toBeCloseTo(0.05, 12);
});
