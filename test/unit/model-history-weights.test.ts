import { describe, expect, test } from 'vitest';
import { agesCountFromMs, type HistoryEvent, repeatBonus, weighHistory } from '../../shared/model/history-weights.ts';
import type { RecommenderDescription } from '../../shared/model/manifest.ts';
import { ITEMS, SETTINGS } from '../support/tiny-recommender-pack.ts';

const NOW = Date.UTC(2026, 10, 24);
const daysAgo = (days: number) => NOW - days * 86_400_000;
const indexOf = (id: string) => (ITEMS.ids.includes(id) ? ITEMS.ids.indexOf(id) : undefined);
const weigh = (events: readonly HistoryEvent[], changes: Partial<RecommenderDescription> = {}, sessionWeight = 1) =>
  weighHistory(events, { ...SETTINGS, ...changes }, indexOf, NOW, sessionWeight);
const weightsOf = (events: readonly HistoryEvent[], sessionWeight = 1) =>
  Object.fromEntries(weigh(events, {}, sessionWeight).items.map(({ index, weight }) => [ITEMS.ids[index], weight]));

describe('what a history counts', () => {
  test('an event counts by its type, half after each half-life; without a type 1', () => {
    expect(
      weightsOf([
        { itemId: 'mug' },
        { itemId: 'tea', type: 'purchase' },
        { itemId: 'pan', type: 'purchase', atMs: daysAgo(10) },
        { itemId: 'wok', type: 'view', atMs: daysAgo(20) },
      ]),
    ).toEqual({ mug: 1, tea: 4, pan: 2, wok: 0.25 });
  });

  test('of several events of one item the one that counts most does', () => {
    const [mug, ...rest] = weigh([
      { itemId: 'mug', type: 'view' },
      { itemId: 'mug', type: 'purchase', atMs: daysAgo(10) },
    ]).items;
    expect(mug).toMatchObject({ weight: 2, repeats: 1 });
    expect(rest).toEqual([]);
  });

  test.each([
    ['the newest event that the pack learned from', daysAgo(30), daysAgo(30)],
    ['now, where a pack says that it learned from the future', daysAgo(-30), NOW],
    ['now, for a pack that does not say until when it learned', undefined, NOW],
  ])('ages count from %s', (_what, untilMs, expected) => {
    const trainedUntil = untilMs === undefined ? undefined : new Date(untilMs).toISOString();
    expect(agesCountFromMs(trainedUntil === undefined ? {} : { trainedUntil }, NOW)).toBe(expected);
  });

  test('an event of the future is one of now', () => {
    expect(weightsOf([{ itemId: 'mug', atMs: daysAgo(-1000) }])).toEqual({ mug: 1 });
  });

  test('events of the session count so many times as much', () => {
    const events = [{ itemId: 'mug', isSession: true }, { itemId: 'tea' }];
    expect(weightsOf(events, 3)).toEqual({ mug: 3, tea: 1 });
    expect(weightsOf(events, 0)).toEqual({ mug: 0, tea: 1 });
  });

  test('unknown items and types that count nothing are counted, not read', () => {
    const { items, unknownItems, weightlessEvents } = weigh([
      { itemId: 'sofa' },
      { itemId: '__proto__', type: 'view' },
      { itemId: 'mug', type: 'impression' },
      { itemId: 'mug', type: 'constructor' },
    ]);
    expect({ items, unknownItems, weightlessEvents }).toEqual({ items: [], unknownItems: 2, weightlessEvents: 2 });
  });

  test('the newest items are read, up to the limit; older ones are named', () => {
    const events = ITEMS.ids.map((itemId, age) => ({ itemId, atMs: daysAgo(age) }));
    for (const order of [events, [...events].reverse()]) {
      const { items, older } = weigh(order);
      expect(items.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
      expect(older).toEqual([4, 5]);
    }
  });

  test('10,000 events are read', () => {
    const events = Array.from({ length: 10_000 }, (_, i) => ({ itemId: ITEMS.ids[i % 6] as string, atMs: daysAgo(i) }));
    const { items, older } = weigh(events);
    expect([...items.map(({ index }) => index), ...older]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(items[0]).toMatchObject({ weight: 1, lastAtMs: NOW });
  });
});

test('without a half-life age does not matter', () => {
  const { items } = weighHistory(
    [{ itemId: 'mug', type: 'view', atMs: 0 }],
    { ...SETTINGS, historyHalfLifeDays: null },
    indexOf,
    NOW,
  );
  expect(items[0]?.weight).toBe(1);
});

test('a repeat is worth its count and its recency', () => {
  const repeat = { countWeight: 1, recencyWeight: 2, recencyHalfLifeDays: 5, popularityWeight: 4 };
  const bought = { itemId: 'mug', type: 'purchase' };
  const events = [bought, { ...bought, atMs: daysAgo(5) }, { itemId: 'mug', type: 'view' }, { itemId: 'mug' }];
  const [mug] = weighHistory(events, { ...SETTINGS, repeat }, indexOf, NOW).items;
  expect(mug && repeatBonus(mug, repeat)).toBe(2 + 2 * 1.5);
});
