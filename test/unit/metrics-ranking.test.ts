import { describe, expect, test } from 'vitest';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import { ItemTable } from '../../shared/metrics/ranking/item-table.ts';
import { DEFAULT_RANKING_SETTINGS, rankingTask } from '../../shared/metrics/ranking/ranking-task.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { malformed } from '../support/compare-metrics.ts';
import { stateOf } from '../support/evaluate-rows.ts';
import { gatheredInParts } from '../support/parts-of.ts';
import { createRandom } from '../support/random.ts';

const random = createRandom(8);
const SETTINGS = { k: [1, 3, 10], gain: 'linear', catalogueSize: null } as const;

function rowsOf(count: number, items: number): RowRecord[] {
  return Array.from({ length: count }, (_, query) => {
    const ranked = new Set(Array.from({ length: random.below(15) }, () => `item ${random.below(items)}`));
    const relevant = Array.from({ length: random.below(5) }, () => [
      `item ${random.below(items)}`,
      1 + random.below(4),
    ]);
    return { queryId: query, relevant: Object.fromEntries(relevant), ranked: [...ranked] };
  });
}

const value = (rows: readonly RowRecord[], name: string) =>
  stateOf(rankingTask, DEFAULT_RANKING_SETTINGS, rows).evaluate(DEFAULT_INTERVALS).metrics[name];

describe('an evaluation of rankings', () => {
  test('has known answers', () => {
    const rows = [{ relevant: ['a', 'b'], ranked: ['x', 'a', 'y', 'b'] }];
    expect(value(rows, 'precision@10')?.value).toBe(0.2);
    expect(value(rows, 'recall@10')?.value).toBe(1);
    expect(value(rows, 'mrr@10')?.value).toBe(0.5);
    expect(value(rows, 'map@10')?.value).toBe(0.5);
    expect(value(rows, 'ndcg@10')?.value).toBeCloseTo(
      (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3)),
      15,
    );
    expect(value(rows, 'coverage@10')?.value).toBe(1);
    expect(value(rows, 'gini@10')?.value).toBe(0);
    expect(value(rows, 'diversity@10')).toEqual({
      value: null,
      reason: 'diversity compares the lists of two queries or more',
    });
  });

  test.each([
    ['few', 'whole', 40, 30],
    ['more than are kept for resampling', 'slice', 900, 50],
    ['more items than a slice counts', 'slice', 2_500, 30_000],
  ] as const)('does not depend on the order of rows nor on parts: %s', (_, size, count, items) => {
    const rows = rowsOf(count, items);
    const whole = stateOf(rankingTask, SETTINGS, rows, size).evaluate(DEFAULT_INTERVALS);
    for (let round = 0; round < 4; round++) {
      expect(gatheredInParts(rankingTask, SETTINGS, rows, random, size).evaluate(DEFAULT_INTERVALS)).toEqual(whole);
    }
    expect(malformed(whole)).toEqual([]);
  });

  test('stays within bounds, and deeper recalls no less', () => {
    for (let round = 0; round < 100; round++) {
      const { metrics } = stateOf(rankingTask, SETTINGS, rowsOf(1 + random.below(20), 12)).evaluate(DEFAULT_INTERVALS);
      for (const [name, { value }] of Object.entries(metrics)) {
        if (value === null || /count|novelty|popularityBias/i.test(name)) continue;
        expect(value, name).toBeGreaterThanOrEqual(0);
        expect(value, name).toBeLessThanOrEqual(1);
      }
      expect(metrics['recall@10']?.value ?? 0).toBeGreaterThanOrEqual(metrics['recall@3']?.value ?? 0);
      expect(metrics['mrr@10']?.value ?? 0).toBeGreaterThanOrEqual(metrics['mrr@1']?.value ?? 0);
    }
  });

  test('reads cells of CSV as lists', () => {
    const json = { relevant: '{"a": 1, "b": 3}', ranked: '["b", "c"]' };
    const bars = { relevant: 'a|b', ranked: 'b | c' };
    expect(value([json], 'recall@10')?.value).toBe(0.5);
    expect(value([bars], 'recall@10')?.value).toBe(0.5);
    expect(value([{ relevant: '', ranked: 'b' }], 'recall@10')).toEqual({
      value: null,
      reason: 'no query has a relevant item',
    });
  });

  test.each([
    [{ ranked: ['a'] }, 'relevant: expected a list of ids or an object of gains by id, got nothing'],
    [{ relevant: ['a'], ranked: null }, 'ranked: expected a list of ids, got null'],
    [{ relevant: ['a'], ranked: ['b', 'c', 'b'] }, 'ranked: "b" is there twice'],
    [{ relevant: { a: -1 }, ranked: [] }, 'relevant.a: expected a gain from 0 to 1000, got -1'],
    [{ relevant: { a: 'much' }, ranked: [] }, 'relevant.a: expected a gain from 0 to 1000, got "much"'],
    [{ relevant: [['a']], ranked: [] }, 'relevant: expected ids, got ["a"]'],
    [
      { relevant: '[broken', ranked: [] },
      'relevant: expected a list of ids or an object of gains by id, got "[broken"',
    ],
  ])('says what is wrong with %j and takes nothing', (row, fault) => {
    const state = rankingTask.start(DEFAULT_RANKING_SETTINGS, 'whole');
    expect(state.add(row)).toBe(fault);
    expect(state.evaluate(DEFAULT_INTERVALS).metrics['count']?.value).toBe(0);
  });

  test('of nothing, and of gains that are hardly any, has no figure that is no number', () => {
    expect(malformed(rankingTask.start(SETTINGS, 'whole').evaluate(DEFAULT_INTERVALS))).toEqual([]);
    for (const gain of ['linear', 'exponential'] as const) {
      for (const least of [5e-324, 1e-20, 1_000]) {
        const rows = [{ relevant: { a: least, b: least }, ranked: ['x', 'b'] }];
        const evaluation = stateOf(rankingTask, { ...SETTINGS, gain }, rows).evaluate(DEFAULT_INTERVALS);
        expect(malformed(evaluation)).toEqual([]);
        expect(evaluation.metrics['ndcg@10']?.value).toBeGreaterThan(0.3);
      }
    }
  });

  test('says which rows are in no mean', () => {
    const rows = [
      { relevant: ['a'], ranked: ['a'] },
      { relevant: [], ranked: ['b'] },
    ];
    const { metrics, warnings } = stateOf(rankingTask, DEFAULT_RANKING_SETTINGS, rows).evaluate(DEFAULT_INTERVALS);
    expect(metrics['recall@10']?.value).toBe(1);
    expect(warnings).toEqual(['1 of 2 queries have no relevant item: they are in no mean.']);
  });
});

test('a table of items that is full is an even sample, and coverage is within its bound', () => {
  const table = new ItemTable(2, 2 ** 17);
  for (let item = 0; item < 100_000; item++) {
    table.count(`item ${item}`, 0);
    if (item % 4 === 0) table.count(`item ${item}`, 1);
  }
  expect(table.level).toBeGreaterThan(0);
  expect(table.items * 2 ** table.level).toBeGreaterThan(94_000);
  expect(table.items * 2 ** table.level).toBeLessThan(106_000);
  const ranked = Array.from({ length: 30_000 }, (_, i) => ({
    relevant: [`r${i}`],
    ranked: i % 3 === 0 ? [`i${i}`] : [],
  }));
  const coverage = stateOf(rankingTask, DEFAULT_RANKING_SETTINGS, ranked, 'slice').evaluate(DEFAULT_INTERVALS).metrics[
    'coverage@10'
  ];
  expect(coverage?.errorBound).toBeLessThan(0.05);
  expect(Math.abs((coverage?.value ?? 0) - 0.25)).toBeLessThanOrEqual(coverage?.errorBound ?? 0);
});
