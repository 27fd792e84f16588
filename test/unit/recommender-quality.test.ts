import { expect, test } from 'vitest';
import { evaluateByCalendar } from '../../shared/recommender/calendar-evaluation.ts';
import { createEventLog } from '../../shared/recommender/event-log.ts';
import { bestItems, type ItemModelSettings, learnItemModel } from '../../shared/recommender/item-model.ts';
import { addScores } from '../../shared/recommender/neighbours.ts';
import { meanWithInterval, ndcgAt } from '../../shared/recommender/ranking-quality.ts';

const DAY_MS = 86_400_000;
const WORKSPACE = { pause: async () => {} };
const SETTINGS: ItemModelSettings = {
  eventWeights: { purchase: 5 },
  halfLifeDays: null,
  popularityHalfLifeDays: 30,
  maxHistory: 50,
  maxItemsPerUser: 50,
  maxItems: 100,
  solvedItems: 100,
  relativeL2: 1,
  cosineScale: 0.02,
  neighbours: 10,
};

test('nDCG is what is gained over what could be, by hand', () => {
  expect(ndcgAt(3, [7, 8, 9], new Set([7]))).toBe(1);
  expect(ndcgAt(3, [8, 7, 9], new Set([7]))).toBeCloseTo(1 / Math.log2(3), 12);
  expect(ndcgAt(3, [1, 7, 8], new Set([7, 8]))).toBeCloseTo((1 / Math.log2(3) + 0.5) / (1 + 1 / Math.log2(3)), 12);
  expect(ndcgAt(2, [1, 2], new Set([7]))).toBe(0);
  expect(ndcgAt(10, [7], new Set([7]))).toBe(1);
});

test('an interval is 1.96 standard errors to either side', () => {
  const { value, interval } = meanWithInterval([0, 1, 0, 1]);
  expect(value).toBe(0.5);
  expect(interval[1] - value).toBeCloseTo(1.96 * Math.sqrt(1 / 3 / 4), 12);
});

test('popularity counts the customers who had an item lately, the largest is 1', async () => {
  const log = createLog([
    ['a', 'old', 0],
    ['b', 'old', 0],
    ['c', 'new', 60],
    ['c', 'new', 60],
    ['d', 'new', 60],
  ]);
  const model = await learnItemModel(log, SETTINGS, 60 * DAY_MS + 1, WORKSPACE);
  expect(Array.from(model?.items ?? [], (item) => log.itemIds[item])).toEqual(['new', 'old']);
  expect([...(model?.popularity ?? [])].map((value) => value.toFixed(6))).toEqual(['1.000000', '0.250000']);
});

// Half of the customers have tea things, the other half tools; the solved items are all of them, half of them, or none.
test.each([100, 5, 1])(
  'customers are recommended what those like them had, with %i items solved',
  async (solvedItems) => {
    const model = await learnItemModel(twoKinds(), { ...SETTINGS, solvedItems }, 1000 * DAY_MS, WORKSPACE);
    if (!model) throw new Error('nothing was learned');
    const ids = Array.from(model.items, (item) => twoKinds().itemIds[item] as string);
    for (const [kind, start] of [
      ['tea', 'tea 1'],
      ['tool', 'tool 2'],
    ]) {
      const scores = new Float64Array(ids.length);
      const item = ids.indexOf(start as string);
      addScores(model.neighbours, [{ item, weight: 1 }], scores);
      const best = bestItems(scores, [item], 4).map((index) => ids[index] as string);
      expect(best.every((id) => id.startsWith(kind as string))).toBe(true);
      expect(best).not.toContain(start);
    }
  },
);

test('the newest part of the time is foretold from the rest, better than by popularity', async () => {
  const found = await evaluateByCalendar(twoKinds(), SETTINGS, WORKSPACE);
  expect(found?.users).toBe(60);
  // The one new item of each customer is the only one of its kind that the customer did not have.
  expect(found?.model).toEqual({ value: 1, interval: [1, 1] });
  expect(found?.popularity.value).toBeLessThan(0.9);
});

test('of many customers some are asked, taken evenly', async () => {
  const rows = Array.from({ length: 5000 }, (_, n) => [
    [`u${n}`, `i${n % 5}`, 1] as const,
    [`u${n}`, `i${(n + 1) % 5}`, 99] as const,
  ]).flat();
  const found = await evaluateByCalendar(createLog([...rows, ['first', 'i0', 0]]), SETTINGS, WORKSPACE);
  expect(found?.users).toBe(1667);
});

test('there is no figure where too few customers came back', async () => {
  const once = createLog(Array.from({ length: 100 }, (_, n) => [`u${n}`, `i${n % 5}`, n] as const));
  expect(await evaluateByCalendar(once, SETTINGS, WORKSPACE)).toBeNull();
});

test('nothing is learned from events that do not count', async () => {
  const viewed = createLog([['a', 'x', 1]], 'impression');
  expect(await learnItemModel(viewed, SETTINGS, 2 * DAY_MS, WORKSPACE)).toBeNull();
});

test('items that found no place are counted', async () => {
  const model = await learnItemModel(twoKinds(), { ...SETTINGS, maxItems: 4 }, 1000 * DAY_MS, WORKSPACE);
  expect([model?.items.length, model?.droppedItems]).toEqual([4, 6]);
});

/** 60 customers, each with four of the five items of one kind on days 0 to 79 and the fifth on day 99. */
function twoKinds() {
  const rows: [string, string, number][] = [];
  for (let customer = 0; customer < 60; customer++) {
    const kind = customer % 2 === 0 ? 'tea' : 'tool';
    for (let n = 0; n < 5; n++) {
      const isLast = n === (customer >> 1) % 5;
      rows.push([`customer ${customer}`, `${kind} ${n}`, isLast ? 99 : customer + 1]);
    }
  }
  return createLog([...rows, ['first', 'tea 0', 0]]);
}

function createLog(rows: readonly (readonly [string, string, number])[], type = 'purchase') {
  const log = createEventLog({ maxEvents: 20_000, maxUsers: 10_000, maxItems: 1000 });
  for (const [n, [userId, itemId, day]] of rows.entries()) {
    log.add({ eventId: String(n), userId, itemId, type, atMs: day * DAY_MS });
  }
  return log.close().columns;
}
