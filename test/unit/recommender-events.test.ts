import { describe, expect, test } from 'vitest';
import { createEventLog, type EventLogLimits, type LearningEvent } from '../../shared/recommender/event-log.ts';
import { itemSums, selectItems, toInteractions, transposed } from '../../shared/recommender/interactions.ts';
import { createRandom } from '../support/random.ts';

const DAY_MS = 86_400_000;
const LIMITS: EventLogLimits = { maxEvents: 1000, maxUsers: 1000, maxItems: 1000 };
const SETTINGS = {
  eventWeights: { view: 1, purchase: 5 },
  halfLifeDays: 10,
  untilMs: 100 * DAY_MS,
  maxItemsPerUser: 10,
};

describe('a log of events', () => {
  test('gives the same columns whatever the order, each event once', () => {
    const events = Array.from({ length: 200 }, (_, n) =>
      event(`u${n % 7}`, `i${n % 11}`, n % 13, { eventId: `e${n}` }),
    );
    const [a, b] = [closed(events), closed(shuffled([...events, ...events.slice(50)]))];
    expect(b.columns).toEqual(a.columns);
    expect(a.columns.count).toBe(200);
    expect(b.counts).toEqual({ taken: 350, tooOld: 0, beyondLimits: 0, repeated: 150 });
  });

  test('keeps the newest where there are too many, whatever the order', () => {
    const events = Array.from({ length: 1000 }, (_, n) => event(`u${n % 30}`, `i${n % 50}`, n, { eventId: `e${n}` }));
    const limits = { ...LIMITS, maxEvents: 100 };
    const [a, b] = [closed(events, limits), closed(shuffled(events), limits)];
    expect(a.columns).toEqual(b.columns);
    expect([...a.columns.timesMs].sort((x, y) => x - y)[0]).toBe(900 * DAY_MS);
    expect(a.counts).toEqual({ taken: 1000, tooOld: 900, beyondLimits: 0, repeated: 0 });
  });

  test('leaves out and counts users and items beyond those it can tell apart', () => {
    const events = [event('a', 'x', 1), event('b', 'x', 2), event('c', 'x', 3), event('a', 'y', 4), event('a', 'z', 5)];
    const { columns, counts } = closed(events, { ...LIMITS, maxUsers: 2, maxItems: 2 });
    expect(columns.itemIds).toEqual(['x', 'y']);
    expect(counts).toEqual({ taken: 5, tooOld: 0, beyondLimits: 2, repeated: 0 });
  });

  test('of nothing is empty', () => {
    expect(closed([]).columns).toMatchObject({ count: 0, userCount: 0, itemIds: [] });
  });
});

describe('interactions', () => {
  test('are the greatest weight × decay of a user’s events on an item; the heaviest type counts 1', () => {
    const events = [
      event('a', 'x', 90, { type: 'purchase' }),
      event('a', 'x', 99, { type: 'view' }),
      event('a', 'y', 90, { type: 'view' }),
      event('b', 'x', 80, { type: 'purchase' }),
      event('b', 'y', 80, { type: 'impression' }),
    ];
    const matrix = toInteractions(closed(events).columns, SETTINGS);
    expect([...matrix.starts]).toEqual([0, 2, 3]);
    expect([...matrix.items]).toEqual([0, 1, 0]);
    expectClose(matrix.values, [0.5, 0.1, 0.25]);
    expectClose(itemSums(matrix), [0.75, 0.1]);
  });

  test('end before the moment they are counted from', () => {
    const matrix = toInteractions(closed([event('a', 'x', 100), event('a', 'y', 99)]).columns, SETTINGS);
    expect([...matrix.items]).toEqual([1]);
  });

  test('without a half-life do not age', () => {
    const { columns } = closed([event('a', 'x', 1), event('b', 'x', 99)]);
    expectClose(itemSums(toInteractions(columns, { ...SETTINGS, halfLifeDays: null })), [2]);
  });

  test('of a user with too many items are the greatest', () => {
    const events = Array.from({ length: 20 }, (_, n) =>
      event('a', `i${String(n).padStart(2, '0')}`, 50 + ((n * 7) % 20)),
    );
    const { columns } = closed(events);
    const matrix = toInteractions(columns, { ...SETTINGS, maxItemsPerUser: 3 });
    const newest = events.filter(({ atMs }) => atMs >= 67 * DAY_MS).map(({ itemId }) => itemId);
    expect([...matrix.items].map((item) => columns.itemIds[item])).toEqual(newest.sort());
  });

  test('can be turned round, and cut to chosen items', () => {
    const { columns } = closed([event('a', 'x', 90), event('a', 'y', 90), event('b', 'y', 90), event('b', 'z', 90)]);
    const matrix = toInteractions(columns, SETTINGS);
    const byItem = transposed(matrix);
    expect([...byItem.starts]).toEqual([0, 1, 3, 4]);
    expect([...byItem.items]).toEqual([0, 0, 1, 1]);
    const chosen = selectItems(matrix, Uint32Array.of(2, 1));
    expect([...chosen.starts]).toEqual([0, 1, 3]);
    expect([...chosen.items]).toEqual([1, 1, 0]);
  });
});

function event(userId: string, itemId: string, day: number, changes: Partial<LearningEvent> = {}): LearningEvent {
  return { eventId: `${userId} ${itemId} ${day}`, userId, itemId, type: 'purchase', atMs: day * DAY_MS, ...changes };
}

function closed(events: readonly LearningEvent[], limits = LIMITS) {
  const log = createEventLog(limits);
  for (const each of events) log.add(each);
  return log.close();
}

function shuffled<T>(values: readonly T[]): T[] {
  const random = createRandom(5);
  return values
    .map((value) => ({ value, order: random.below(1e9) }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

function expectClose(found: Float64Array, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [n, value] of expected.entries()) expect(found[n]).toBeCloseTo(value, 9);
}
