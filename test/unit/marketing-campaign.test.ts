import { describe, expect, test } from 'vitest';
import { campaignTask, DEFAULT_CAMPAIGN_SETTINGS } from '../../shared/metrics/marketing/campaign-task.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { createRandom } from '../support/random.ts';
import { evaluateRows, expectSameInParts, expectWritable } from '../support/task-properties.ts';

const MAIL = { ...DEFAULT_CAMPAIGN_SETTINGS, name: 'The mail' };

/** Rows of an arm of whom so many bought, each for `price`. */
function arm(name: string, customers: number, buyers: number, price?: number): RowRecord[] {
  return Array.from({ length: customers }, (_, i) => ({
    arm: name,
    converted: i < buyers ? 1 : 0,
    ...(price === undefined ? {} : { revenue: i < buyers ? price : 0 }),
  }));
}

const summaryOf = (settings: typeof MAIL, rows: RowRecord[]) =>
  evaluateRows(campaignTask, settings, rows).summary ?? [];

describe('the sentence', () => {
  // 7.7746 to 16.2822 by statsmodels' Newcombe interval, 105.211 to 274.789 by SciPy's Welch test.
  const clear = [...arm('mail', 10_000, 300, 20), ...arm('control', 10_000, 180, 20)];

  test('says that a campaign was worth its cost', () => {
    expect(summaryOf({ ...MAIL, costPerCustomer: 0.05 }, clear)).toEqual([
      'The mail sold 12.00 more per 1,000 customers (95 %: 7.77 to 16.28): worth its cost.',
      'The mail earned 190.00 more per 1,000 customers after its cost (95 %: 105.21 to 274.79).',
    ]);
  });

  test('says that it was not', () => {
    const [first] = summaryOf({ ...MAIL, costPerCustomer: 0.5 }, clear);
    expect(first).toMatch(/: not worth its cost\.$/);
  });

  test('says how many more customers would be needed', () => {
    const unclear = [...arm('mail', 10_000, 200, 20), ...arm('control', 10_000, 180, 20)];
    const evaluation = evaluateRows(campaignTask, { ...MAIL, costPerCustomer: 0 }, unclear);
    expect(evaluation.summary?.[0]).toMatch(/: not enough data; about 130,000 more customers would be needed/);
    // ((1.95996 + 0.84162) · standard error / difference)² times the 20,000 there were, less those.
    const [p1, p0] = [0.02, 0.018];
    const variance = (400 * (p1 * (1 - p1) + p0 * (1 - p0))) / 9_999;
    const needed = 20_000 * (((1.959964 + 0.8416212) ** 2 * variance) / 0.04 ** 2 - 1);
    expect(evaluation.metrics['customersNeeded']?.value).toBeCloseTo(needed, -1);
  });

  test('gives the cost up to which it was worth it where no cost is known', () => {
    expect(summaryOf(MAIL, clear)[0]).toMatch(/: worth its cost where addressing a customer costs less than 0\.16\.$/);
  });

  test('gives what a sale must bring where only the cost is known', () => {
    const rows = [...arm('mail', 10_000, 300), ...arm('control', 10_000, 180)];
    expect(summaryOf({ ...MAIL, costPerCustomer: 0.1 }, rows)).toEqual([
      'The mail sold 12.00 more per 1,000 customers (95 %: 7.77 to 16.28): worth its cost where a sale brings more than 12.86.',
    ]);
    expect(summaryOf(MAIL, rows)[0]).toMatch(/depends on what it costs and what a sale brings\.$/);
  });

  test('is one for each of several arms, by p-values after Holm', () => {
    const several = [...arm('red', 4_000, 98), ...arm('blue', 4_000, 74), ...arm('control', 4_000, 72)];
    const evaluation = evaluateRows(campaignTask, MAIL, several);
    expect(evaluation.summary?.map((line) => line.slice(0, 11))).toEqual(['"blue" sold', '"red" sold ']);
    const [own, holm] = ['conversionsPValue:red', 'holmPValue:red'].map(
      (name) => evaluation.metrics[name]?.value as number,
    );
    expect(holm).toBe(2 * (own as number));
    expect(own).toBeLessThan(0.05);
    expect(evaluation.summary?.[1]).toMatch(holm !== undefined && holm < 0.05 ? /it works/ : /not enough data/);
  });
});

describe('rows', () => {
  test('in any order and division give the same answer', () => {
    const random = createRandom(5);
    const rows = Array.from({ length: 3_000 }, () => ({
      arm: random.pick(['mail', 'push', 'control']),
      converted: random.below(12) === 0,
      revenue: random.below(5) === 0 ? random.below(10_000) / 97 : '',
      cost: random.below(100) / 1_000,
      segment: random.pick(['north', 'south', 'east']),
      userId: `u${random.below(2_500)}`,
      at: random.below(20) === 0 ? '' : 1_780_000_000 + random.below(40 * 86_400),
    }));
    expectSameInParts(campaignTask, MAIL, rows, 1);
    expectWritable(evaluateRows(campaignTask, MAIL, rows));
  });

  test('that cannot be read are named and not taken', () => {
    const state = campaignTask.start(MAIL, 'whole');
    expect(state.add({ arm: 'mail', converted: 'perhaps' })).toBe('converted: expected 0 or 1, got "perhaps"');
    expect(state.add({ converted: 1 })).toBe('arm: expected a name, got nothing');
    expect(state.add({ arm: 'mail', converted: 1, revenue: 'much' })).toBe('revenue: expected a number, got "much"');
    expect(state.add({ arm: 'mail', converted: 1, revenue: Number.POSITIVE_INFINITY })).toMatch(
      /^revenue: expected a number/,
    );
    expect(state.add({ arm: 'mail', converted: 1, at: '12.05.2026' })).toBe(
      'at: expected a date such as 2026-05-31, a time such as 2026-05-31T10:00:00Z, or seconds since 1970, got "12.05.2026"',
    );
    expect(
      state.evaluate({ method: 'analytic', level: 0.95, seed: 1, draws: 100 }).metrics['conversionsPer1000']?.value,
    ).toBeNull();
  });

  test('of a column that is no arm are refused', () => {
    const state = campaignTask.start(MAIL, 'whole');
    const answers = Array.from({ length: 25 }, (_, i) => state.add({ arm: `customer ${i}`, converted: 0 }));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(5);
  });
});

describe('odd campaigns', () => {
  test.each([
    ['no rows', []],
    ['one arm only', arm('mail', 10, 3)],
    ['one row an arm', [...arm('mail', 1, 1, 5), ...arm('control', 1, 0, 5)]],
    ['nobody bought', [...arm('mail', 50, 0, 5), ...arm('control', 60, 0, 5)]],
    ['everybody bought', [...arm('mail', 50, 50, 5), ...arm('control', 60, 60, 5)]],
  ])('%s: an answer that can be written', (_, rows) => {
    expectWritable(evaluateRows(campaignTask, { ...MAIL, costPerCustomer: 0.1 }, rows));
    expectWritable(evaluateRows(campaignTask, MAIL, rows));
  });

  test('where all treated and none else bought, for the same money, it is found', () => {
    const rows = [...arm('mail', 50, 50, 5), ...arm('control', 50, 0, 5)];
    expect(summaryOf({ ...MAIL, costPerCustomer: 0.1 }, rows)[0]).toMatch(/: worth its cost\.$/);
  });

  test('arms of other sizes than planned are warned of', () => {
    const rows = [...arm('mail', 2_000, 30), ...arm('control', 1_500, 30)];
    expect(evaluateRows(campaignTask, MAIL, rows).warnings.join()).toMatch(/sample ratio mismatch/);
    const planned = { ...MAIL, plannedShares: { mail: 4, control: 3 } };
    expect(evaluateRows(campaignTask, planned, rows).warnings).toEqual([]);
  });

  test('more than 50 segments are put together', () => {
    const rows = Array.from({ length: 600 }, (_, i) => ({
      arm: i % 2 === 0 ? 'mail' : 'control',
      converted: i % 5 === 0,
      segment: `s${Math.floor(i / 2) % 60}`,
    }));
    const { tables, warnings } = evaluateRows(campaignTask, MAIL, rows);
    expect(tables?.['segments']?.rows).toHaveLength(51);
    expect(warnings.join()).toMatch(/more than 50 segments/);
  });
});

describe('the table of arms', () => {
  const rows = [...arm('mail', 10, 3, 20), ...arm('control', 10, 1, 20)];
  const moneyOf = (settings: typeof MAIL, some: RowRecord[]) =>
    evaluateRows(campaignTask, settings, some).tables?.['arms']?.rows.map((row) => [row[0], ...row.slice(6)]);

  test('has the cost and the profit of the setting, the control costing nothing', () => {
    expect(moneyOf({ ...MAIL, costPerCustomer: 0.5, margin: 0.4 }, rows)).toEqual([
      ['control', 20, 0, 8],
      ['mail', 60, 5, 19],
    ]);
  });

  test('has those of the rows where they say it, and null where nobody does', () => {
    const dear = rows.map((row) => ({ ...row, cost: 0.25 }));
    expect(moneyOf({ ...MAIL, costPerCustomer: 0.5 }, dear)).toEqual([
      ['control', 20, 2.5, 17.5],
      ['mail', 60, 2.5, 57.5],
    ]);
    expect(moneyOf(MAIL, rows)?.[1]).toEqual(['mail', 60, null, null]);
    expect(moneyOf(MAIL, [...arm('mail', 10, 3), ...arm('control', 10, 1)])?.[1]).toEqual(['mail', null, null, null]);
  });
});

describe('customers that come more than once', () => {
  const rows = [...arm('mail', 100, 10), ...arm('control', 100, 5)].map((row, i) => ({ ...row, userId: `u${i}` }));

  test('are counted and warned of, those in two arms apart', () => {
    const again = [
      { arm: 'mail', converted: 0, userId: 'u0' },
      { arm: 'mail', converted: 0, userId: 'u0' },
      { arm: 'control', converted: 0, userId: 'u1' },
    ];
    const { metrics, warnings } = evaluateRows(campaignTask, MAIL, [...rows, ...again]);
    expect([metrics['repeatedCustomers']?.value, metrics['customersInSeveralArms']?.value]).toEqual([2, 1]);
    expect(warnings.join('\n')).toMatch(/^2 customers came more than once, with 3 rows beyond the first;/m);
    expect(warnings.join('\n')).toMatch(/^1 customer is in more than one arm/m);
  });

  test('are none where each came once, and not spoken of where rows name nobody', () => {
    const once = evaluateRows(campaignTask, MAIL, rows);
    expect([once.metrics['repeatedCustomers']?.value, once.warnings]).toEqual([0, []]);
    const unnamed = evaluateRows(campaignTask, MAIL, [...arm('mail', 9, 1), ...arm('control', 9, 1)]);
    expect(unnamed.metrics['repeatedCustomers']).toBeUndefined();
  });
});

describe('sales by day', () => {
  const dated = (name: string, day: string, converted: number) => ({ arm: name, converted, at: `2026-05-${day}` });
  const rows = [
    dated('mail', '01', 0),
    dated('control', '03', 1),
    dated('mail', '03', 1),
    dated('mail', '05', 1),
    { arm: 'mail', converted: 1, at: '' },
    ...arm('mail', 6, 0),
    ...arm('control', 9, 0),
  ];

  test('are counted from the first row on, and add up to the effect by day', () => {
    const { tables, curves, warnings } = evaluateRows(campaignTask, MAIL, rows);
    expect(tables?.['days']?.rows).toEqual([
      [2, '2026-05-03', 1, 100, 1, 100],
      [4, '2026-05-05', 0, 100, 1, 200],
    ]);
    const [line] = curves?.['effectByDay']?.lines ?? [];
    expect([line?.name, line?.x, line?.y]).toEqual(['mail', [2, 4], [0, 100]]);
    // Newcombe's interval of 2 of 10 less 1 of 10, by hand from Wilson's of both.
    expect(line?.band?.lower[1]).toBeCloseTo(1000 * (0.1 - Math.hypot(0.2 - 0.0566822, 0.40415 - 0.1)), 2);
    expect(warnings.join()).toMatch(/^Sales without a time \(1\)/);
  });

  test('on more days than are kept are the first ones, in any order', () => {
    const long = Array.from({ length: 900 }, (_, i) => ({
      arm: i % 2 === 0 ? 'mail' : 'control',
      converted: 1,
      at: 1_700_000_000 + 86_400 * Math.floor(((i * 7) % 900) / 2),
    }));
    const { tables, warnings } = evaluateRows(campaignTask, MAIL, long);
    expect(tables?.['days']?.rows).toHaveLength(366);
    expect(tables?.['days']?.rows.at(-1)?.[0]).toBe(365);
    expect(warnings.join()).toMatch(/more than 366 days: 168 on later ones/);
    expectSameInParts(campaignTask, MAIL, long, 4);
  });

  test('are neither a table nor a curve where no row has a time', () => {
    const { tables, curves } = evaluateRows(campaignTask, MAIL, [...arm('mail', 6, 2), ...arm('control', 6, 1)]);
    expect([tables?.['days'], curves?.['effectByDay']]).toEqual([undefined, undefined]);
  });
});
