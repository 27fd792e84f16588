import { describe, expect, test } from 'vitest';
import { DEFAULT_INTERVALS } from '../../shared/metrics/evaluation.ts';
import {
  attributionTask,
  DEFAULT_ATTRIBUTION_TASK_SETTINGS as DEFAULTS,
} from '../../shared/metrics/marketing/attribution-task.ts';
import { createRandom } from '../support/random.ts';
import { evaluateRows, expectSameInParts, expectWritable } from '../support/task-properties.ts';

const DAY = 86_400_000;
const ROWS = [
  { kind: 'click', userId: 'anna', at: 1 * DAY, recommendationId: 'r1', origin: 'a', channel: 'mail' },
  { kind: 'click', userId: 'anna', at: 2 * DAY, recommendationId: 'r2', origin: 'b' },
  { kind: 'sale', userId: 'anna', at: 3 * DAY, revenue: 20, eventId: 's1' },
  { kind: 'view', userId: 'ben', at: 3 * DAY, recommendationId: 'r3', origin: 'a', channel: 'shop' },
  { kind: 'sale', userId: 'ben', at: 3.5 * DAY, revenue: 5, eventId: 's2' },
  { kind: 'sale', userId: 'ben', at: 9 * DAY, revenue: 50, eventId: 's3' },
  // A guest whose order names the recommendation, told twice.
  { kind: 'sale', at: 4 * DAY, revenue: 10, eventId: 's4', recommendationId: 'r1' },
  { kind: 'sale', at: 4 * DAY, revenue: 10, eventId: 's4', recommendationId: 'r1' },
  { kind: 'click', userId: 'carl', at: 0, channel: 'mail' },
  { kind: 'sale', userId: 'carl', at: 1 * DAY, eventId: 's5' },
];

describe('attribution', () => {
  const { metrics, tables, summary } = evaluateRows(attributionTask, DEFAULTS, ROWS);
  const figure = (name: string) => metrics[name]?.value;
  const cells = (name: string) => tables?.[name]?.rows.map((row) => row.slice(0, 3));

  test('gives each sale once to the touch that it followed', () => {
    expect(figure('sales')).toBe(5);
    expect(figure('revenue')).toBe(85);
    expect(figure('attributedSales')).toBe(4);
    expect(figure('attributedRevenue')).toBe(35);
    expect(figure('attributedShare')).toBe(0.8);
    expect(['salesByOwnId', 'salesByClick', 'salesByView'].map(figure)).toEqual([1, 2, 1]);
  });

  test('adds up by what recommended, by recommendation and by channel', () => {
    expect(cells('origins')).toEqual([
      ['b', 1, 20],
      ['a', 2, 15],
      ['(not said)', 1, 0],
      ['(nothing)', 1, 50],
    ]);
    expect(cells('recommendations')?.map(([id]) => id)).toEqual(['r2', 'r1', 'r3', '(not said)', '(nothing)']);
    expect(cells('channels')).toEqual([
      ['(not said)', 2, 30],
      ['shop', 1, 5],
      ['mail', 1, 0],
      ['(nothing)', 1, 50],
    ]);
  });

  test('says what followed what, and that this is no effect', () => {
    expect(summary?.[0]).toBe(
      '4 of 5 sales (80.0 %) and 35.00 of 85.00 in revenue (41.2 %) followed a recommendation or a channel within 7 days of a click or 1 day of a view, by last touch.',
    );
    expect(summary?.[1]).toMatch(/holdout/);
  });

  test('by first touch goes to the other click', () => {
    const first = evaluateRows(attributionTask, { ...DEFAULTS, touch: 'first' }, ROWS);
    expect(first.tables?.['origins']?.rows[0]?.slice(0, 3)).toEqual(['a', 3, 35]);
  });

  test('without sales has no shares, and nothing that JSON lacks', () => {
    const none = evaluateRows(attributionTask, DEFAULTS, ROWS.slice(0, 2));
    expectWritable(none);
    expect(none.metrics['attributedShare']).toEqual({ value: null, reason: 'there are no sales' });
  });

  test('names nobody', () => {
    expect(JSON.stringify(evaluateRows(attributionTask, DEFAULTS, ROWS))).not.toMatch(/anna|ben|carl|s1/);
  });

  test.each([
    [{ kind: 'buy', at: 1 }, 'kind:'],
    [{ kind: 'click', userId: 'anna', at: 'soon' }, 'at:'],
    [{ kind: 'click', at: 1 }, 'userId:'],
    [{ kind: 'sale', at: 1 }, 'eventId:'],
    [{ kind: 'sale', at: 1, eventId: 's', revenue: 'much' }, 'revenue:'],
    [{ kind: 'view', userId: 'anna', at: 1, itemId: 'x'.repeat(300) }, 'itemId:'],
  ])('refuses %j', (row, fault) => {
    expect(attributionTask.start(DEFAULTS, 'whole').add(row)).toMatch(fault);
  });
});

test('rows in any order and in parts come to the same', () => {
  for (let seed = 0; seed < 20; seed++) expectSameInParts(attributionTask, DEFAULTS, madeUp(300, 40, seed), seed);
});

test('more than fits is an even sample of customers, whatever the order and the parts', () => {
  const rows = madeUp(9_000, 3_000, 1);
  const evaluated = (list: typeof rows) => {
    const states = [attributionTask.start(DEFAULTS, 'slice'), attributionTask.start(DEFAULTS, 'slice')] as const;
    for (const [place, row] of list.entries()) expect(states[place % 2]?.add(row)).toBeNull();
    states[0].merge(states[1]);
    return states[0].evaluate(DEFAULT_INTERVALS);
  };
  const some = evaluated(rows);
  expect(some).toEqual(evaluated(rows.toReversed()));
  expect(some.warnings[0]).toMatch(/1 customer in (4|8)\./);
  const share = (evaluation: typeof some) => evaluation.metrics['attributedShare']?.value as number;
  // 1,000 to 2,000 rows of the sample: a standard error of about 0.03.
  expect(Math.abs(share(some) - share(evaluateRows(attributionTask, DEFAULTS, rows)))).toBeLessThan(0.12);
});

function madeUp(count: number, customers: number, seed: number) {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, place) => ({
    kind: random.pick(['click', 'view', 'sale']),
    userId: `u${random.below(customers)}`,
    at: random.below(20 * DAY),
    revenue: random.below(1_000) / 100,
    eventId: `e${random.below(3) === 0 ? random.below(place + 1) : place}`,
    recommendationId: random.below(3) === 0 ? `r${random.below(20)}` : undefined,
    origin: random.pick(['a', 'b']),
    channel: random.pick(['mail', 'shop', undefined]),
  }));
}
