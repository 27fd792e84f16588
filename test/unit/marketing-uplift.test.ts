import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { AmountCells } from '../../shared/metrics/marketing/amount-cells.ts';
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

const AMOUNTS = { ...DEFAULT_UPLIFT_SETTINGS, outcomeKind: 'amount' as const };

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
    for (const settings of [DEFAULT_UPLIFT_SETTINGS, AMOUNTS]) {
      expectWritable(evaluateRows(upliftTask, settings, rows));
      expectWritable(evaluateRows(upliftTask, { ...settings, valuePerOutcome: 5, costPerContact: 1 }, rows));
    }
  });

  test('that cannot be read are named', () => {
    const state = upliftTask.start(DEFAULT_UPLIFT_SETTINGS, 'whole');
    expect(state.add({ treatment: 2, outcome: 0, score: 1 })).toBe('treatment: expected 0 or 1, got 2');
    expect(state.add({ treatment: 1, outcome: 0.5, score: 1 })).toBe(
      'outcome: expected 0 or 1 (any number with the setting outcomeKind amount), got 0.5',
    );
    const amounts = upliftTask.start(AMOUNTS, 'whole');
    expect(amounts.add({ treatment: 1, outcome: 'much', score: 1 })).toBe('outcome: expected a number, got "much"');
    expect(amounts.add({ treatment: 1, outcome: 2 ** 44, score: 1 })).toMatch(/^outcome: expected a number/);
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

describe('outcomes that are amounts', () => {
  const random = seededRandom(12);
  const bought = upliftCustomers(3_000, random).map((row) => ({
    treatment: row['treatment'] as number,
    outcome: row['outcome'] as number,
    score: Number((row['score'] as number).toFixed(2)),
  }));
  const spent = bought.map((row) => ({ ...row, outcome: row.outcome * (5 + random.below(4_000) / 97) }));

  test('of 0 and 1 come to what sales come to', () => {
    const [sales, amounts] = [DEFAULT_UPLIFT_SETTINGS, AMOUNTS].map((settings) =>
      evaluateRows(upliftTask, settings, bought),
    );
    for (const name of ['auucRelative', 'averageEffect', 'uplift@10', 'uplift@30']) {
      const [of01, ofAmounts] = [sales?.metrics[name], amounts?.metrics[name]];
      expect(ofAmounts?.value).toBeCloseTo(of01?.value as number, 10);
      of01?.interval?.forEach((end, i) => {
        expect(Math.abs((ofAmounts?.interval?.[i] as number) - end)).toBeLessThan(0.02);
      });
    }
    const lines = [sales, amounts].map((each) => each?.curves?.['qini']?.lines[0]);
    expect(lines[1]?.x).toEqual(lines[0]?.x);
    lines[0]?.y.forEach((y, i) => {
      expect(lines[1]?.y[i]).toBeCloseTo(y, 8);
    });
    const tables = [sales, amounts].map((each) => each?.tables?.['percentiles']);
    tables[0]?.rows.forEach((row, i) => {
      row.slice(1, 6).forEach((cell, place) => {
        expect(tables[1]?.rows[i]?.[place + 1]).toBeCloseTo(cell as number, 9);
      });
    });
    expect(amounts?.metrics['qini']).toEqual({ value: null, reason: expect.stringMatching(/amounts/) });
  });

  test('have means by part of the customers with an interval, and are found out', () => {
    const { metrics, tables, summary } = evaluateRows(upliftTask, AMOUNTS, spent);
    expect(tables?.['percentiles']?.columns).toContain('treatedMean');
    expect(tables?.['percentiles']?.rows).toHaveLength(10);
    const mean = (arm: number) => {
      const rows = spent.filter(({ treatment }) => treatment === arm);
      return rows.reduce((sum, { outcome }) => sum + outcome, 0) / rows.length;
    };
    expect(metrics['averageEffect']?.value).toBeCloseTo(mean(1) - mean(0), 10);
    expect(metrics['averageEffect']?.intervalMethod).toBe('welch');
    expect(metrics['permutationPValue']?.value).toBeLessThan(0.001);
    expect(metrics['auucRelative']?.interval?.[0]).toBeGreaterThan(0.5);
    expect(summary?.[0]).toMatch(/^The score finds whom .* brought in [\d,.]+ more per 1,000/);
  });

  test('in any order and division give the same answer, kept or in bins', () => {
    expectSameInParts(upliftTask, { ...AMOUNTS, valuePerOutcome: 0.3, costPerContact: 1 }, spent.slice(0, 1_500), 3);
    const rows = Array.from({ length: 6_000 }, () => ({
      treatment: random.below(2),
      outcome: random.normal() * 100,
      score: random.normal(),
    }));
    const cells = (some: typeof rows) => {
      const amounts = new AmountCells('slice');
      for (const { score, treatment, outcome } of some) amounts.add(score, treatment === 1 ? 1 : 0, outcome);
      return amounts;
    };
    const whole = cells(rows).table;
    expect([whole.isExact, whole.scores.length < 300]).toEqual([false, true]);
    expect(cells(rows.toReversed()).table).toEqual(whole);
    const merged = cells(rows.slice(0, 500));
    merged.merge(new AmountCells('slice', structuredClone(cells(rows.slice(500, 5_500)).save())));
    merged.merge(cells(rows.slice(5_500)));
    expect(new AmountCells('slice', structuredClone(merged.save())).table).toEqual(whole);
  }, 60_000);

  test('may be of any size and sign', () => {
    const large = spent.map((row, i) => ({ ...row, outcome: (i % 3 === 0 ? -1 : 1e9) * row.outcome }));
    expectWritable(evaluateRows(upliftTask, AMOUNTS, large));
    const [whole, thousandth] = [1, 2 ** -10].map(
      (factor) =>
        evaluateRows(
          upliftTask,
          AMOUNTS,
          large.map((row) => ({ ...row, outcome: factor * row.outcome })),
        ).metrics['auucRelative']?.value,
    );
    expect(thousandth).toBeCloseTo(whole as number, 12);
  });
});

describe('profit', () => {
  const rows = upliftCustomers(20_000, seededRandom(5));
  const money = { ...DEFAULT_UPLIFT_SETTINGS, valuePerOutcome: 10, costPerContact: 2 };

  test('is best where the effect no longer pays for the contact', () => {
    // Each customer’s effect is 0.4 times the score, worth 10: it pays down to a score of 0.5, where half are treated.
    const { metrics, curves, summary } = evaluateRows(upliftTask, money, rows);
    expect(Math.abs((metrics['bestCutOff']?.value as number) - 0.5)).toBeLessThan(0.1);
    expect(Math.abs((metrics['bestShare']?.value as number) - 0.5)).toBeLessThan(0.1);
    // Half of them, at 10 · 0.4 · 0.75 - 2 each.
    const [low = 0, high = 0] = metrics['bestProfit']?.interval ?? [];
    expect([low < 10_000, high > 10_000, metrics['bestProfit']?.intervalMethod]).toEqual([true, true, 'newcombe']);
    expect(curves?.['profit']?.lines[0]?.y.some((y) => y === metrics['bestProfit']?.value)).toBe(true);
    expect(summary?.[1]).toMatch(
      /^Treat the \d+\.\d % with a score of at least 0\.\d+: that earns [\d,.]+ after its cost on these 20,000 customers/,
    );
  });

  test('is that of the chosen customers, reckoned by hand', () => {
    const { metrics } = evaluateRows(upliftTask, money, rows);
    const cutOff = metrics['bestCutOff']?.value as number;
    const chosen = rows.filter(({ score }) => (score as number) >= cutOff);
    const rate = (arm: number) => {
      const some = chosen.filter(({ treatment }) => treatment === arm);
      return some.reduce((sum, { outcome }) => sum + (outcome as number), 0) / some.length;
    };
    expect(metrics['bestShare']?.value).toBe(chosen.length / rows.length);
    expect(metrics['bestProfit']?.value).toBeCloseTo(chosen.length * (10 * (rate(1) - rate(0)) - 2), 6);
  });

  test('of treating nobody is 0, and said so', () => {
    const { metrics, summary } = evaluateRows(upliftTask, { ...money, costPerContact: 1_000 }, rows);
    expect([metrics['bestShare'], metrics['bestProfit']]).toEqual([{ value: 0 }, { value: 0 }]);
    expect(metrics['bestCutOff']).toEqual({ value: null, reason: 'treating nobody is best' });
    expect(summary?.[1]).toMatch(/^Treat nobody/);
  });
});
