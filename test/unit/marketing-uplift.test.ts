import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { CELLS, ScoreCells } from '../../shared/metrics/marketing/score-cells.ts';
import {
  areaErrorBound,
  areaErrorBounds,
  areaOverRandom,
  normalisedUpliftArea,
  qiniCoefficient,
  qiniValue,
  upliftValue,
} from '../../shared/metrics/marketing/uplift-curves.ts';
import { DEFAULT_UPLIFT_SETTINGS, upliftTask } from '../../shared/metrics/marketing/uplift-task.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { evaluateRows, expectSameInParts, expectWritable } from '../support/task-properties.ts';
import { upliftCustomers } from '../support/uplift-customers.ts';

describe('a score', () => {
  test('that knows the effect is found out', () => {
    const { metrics, summary } = evaluateRows(
      upliftTask,
      DEFAULT_UPLIFT_SETTINGS,
      upliftCustomers(4_000, seededRandom(3)),
    );
    expect(metrics['permutationPValue']?.value).toBe(1 / 1_001);
    expect(metrics['qini']?.interval?.[0]).toBeGreaterThan(0);
    expect(metrics['auucRelative']?.value).toBeGreaterThan(0.55);
    const [low = 1, high = 0] = metrics['uplift@10']?.interval ?? [];
    expect([low < 0.38, high > 0.38]).toEqual([true, true]);
    expect(metrics['averageEffect']?.value).toBeCloseTo(0.2, 1);
    expect(summary?.[0]).toMatch(/^The score finds whom the campaign moves: the 10 % with the highest scores bought/);
  });
});

describe('rows', () => {
  test('in any order and division give the same answer', () => {
    expectSameInParts(upliftTask, DEFAULT_UPLIFT_SETTINGS, upliftCustomers(3_000, seededRandom(3)), 3);
  }, 60_000);

  test.each<[string, RowRecord[]]>([
    ['none', []],
    ['all treated', [{ treatment: 1, outcome: 1, score: 0.2 }]],
    [
      'one an arm',
      [
        { treatment: 1, outcome: 1, score: 0.2 },
        { treatment: 0, outcome: 0, score: 0.2 },
      ],
    ],
    [
      'nobody bought',
      [
        { treatment: 1, outcome: 0, score: 0.2 },
        { treatment: 0, outcome: 0, score: 0.1 },
      ],
    ],
  ])('%s: an answer that can be written', (_, rows) => {
    expectWritable(evaluateRows(upliftTask, DEFAULT_UPLIFT_SETTINGS, rows));
  });

  test('that cannot be read are named', () => {
    const state = upliftTask.start(DEFAULT_UPLIFT_SETTINGS, 'whole');
    expect(state.add({ treatment: 2, outcome: 0, score: 1 })).toBe('treatment: expected 0 or 1, got 2');
    expect(state.add({ treatment: 1, outcome: 0.5, score: 1 })).toBe('outcome: expected 0 or 1, got 0.5');
    expect(state.add({ treatment: 1, outcome: 1, score: 'high' })).toBe('score: expected a number, got "high"');
  });
});

describe('more different scores than are kept', () => {
  const random = seededRandom(4);
  const rows = Array.from({ length: 30_000 }, () => ({ score: random.normal(), cell: random.below(CELLS) }));
  const tableOf = (some: typeof rows) => {
    const cells = new ScoreCells('slice');
    for (const { score, cell } of some) cells.add(score, cell);
    return cells;
  };
  const whole = tableOf(rows).table;

  test('are cut, which is said', () => {
    expect(whole.scores.length).toBeLessThanOrEqual(4_096);
    expect(whole.relativeError).toBeGreaterThan(0);
    expect(whole.counts.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
  });

  test('are cut the same in any order and division', () => {
    expect(tableOf(rows.toReversed()).table).toEqual(whole);
    const merged = tableOf(rows.slice(0, 11_000));
    merged.merge(tableOf(rows.slice(11_000, 11_500)));
    merged.merge(tableOf(rows.slice(11_500)));
    expect(merged.table).toEqual(whole);
  });

  test('change the areas by no more than the bounds, which are small', () => {
    const exact = new ScoreCells('whole');
    for (const { score, cell } of rows) exact.add(score, cell);
    expect(exact.table.relativeError).toBe(0);
    const bounds = areaErrorBounds(whole.counts);
    const off = {
      qini: Math.abs(qiniCoefficient(whole.counts) - qiniCoefficient(exact.table.counts)),
      auuc: Math.abs(normalisedUpliftArea(whole.counts) - normalisedUpliftArea(exact.table.counts)),
    };
    expect([off.qini > 0, off.qini <= bounds.qini, bounds.qini < 0.01]).toEqual([true, true, true]);
    expect([off.auuc > 0, off.auuc <= bounds.auuc, bounds.auuc < 0.01]).toEqual([true, true, true]);
  });
});

test('the bound of an area holds for every order within groups', () => {
  const random = seededRandom(9);
  for (let round = 0; round < 500; round++) {
    const ordered = Array.from({ length: 30 }, () => random.below(CELLS));
    const size = 1 + random.below(30);
    const single = new Uint32Array(CELLS * ordered.length);
    const grouped = new Uint32Array(CELLS * Math.ceil(ordered.length / size));
    ordered.forEach((cell, row) => {
      single[CELLS * row + cell] = 1;
      const at = CELLS * Math.floor(row / size) + cell;
      grouped[at] = (grouped[at] as number) + 1;
    });
    for (const value of [qiniValue, upliftValue]) {
      const off = Math.abs(areaOverRandom(single, value) - areaOverRandom(grouped, value));
      expect(off).toBeLessThanOrEqual(areaErrorBound(grouped, value) + 1e-9);
    }
  }
});
