import { describe, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import {
  applyEvents,
  EMPTY_PROFILE,
  EVENTS_A_TYPE,
  erase,
  type IncomingEvent,
  type ProfileContent,
  toIncomingEvent,
} from '../../shared/customer/profile.ts';
import { readProfile, writeProfile } from '../../shared/customer/profile-store.ts';
import { createRandom, type Random } from '../support/random.ts';

const TYPES = ['view', 'purchase', 'cart', 'wishlist', 'quiz'];

describe('a profile', () => {
  test('keeps events by type, the newest first', () => {
    const profile = applyEvents(EMPTY_PROFILE, [
      event({ id: 'a', itemId: 'mug', minute: 1 }),
      event({ id: 'b', itemId: 'lamp', minute: 3 }),
      event({ id: 'c', type: 'purchase', itemId: 'mug', minute: 2, value: 4 }),
    ]);
    expect(profile.events).toEqual({
      view: [
        { id: 'b', itemId: 'lamp', at: minuteIso(3) },
        { id: 'a', itemId: 'mug', at: minuteIso(1) },
      ],
      purchase: [{ id: 'c', itemId: 'mug', at: minuteIso(2), value: 4 }],
    });
  });

  test('is the same object when nothing in it changes', () => {
    const profile = applyEvents(EMPTY_PROFILE, [event({ id: 'a' })]);
    expect(applyEvents(profile, [event({ id: 'a' })])).toBe(profile);
    expect(applyEvents(profile, [event({ id: 'b', type: 'impression' })])).toBe(profile);
  });

  test('does not depend on order, groups and repetition of what arrives', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = createRandom(seed);
      const events = Array.from({ length: 1 + random.below(40) }, () =>
        // Few ids: the same id comes with other content as well.
        event({
          id: `e${random.below(30)}`,
          type: random.pick(TYPES),
          itemId: `i${random.below(9)}`,
          minute: random.below(20),
        }),
      );
      const expected = applyEvents(EMPTY_PROFILE, events);
      let grouped: ProfileContent = EMPTY_PROFILE;
      const shuffled = inRandomOrder([...events, ...events], random);
      while (shuffled.length > 0) grouped = applyEvents(grouped, shuffled.splice(0, 1 + random.below(5)));
      expect(grouped, `seed ${seed}`).toEqual(expected);
    }
  });

  test('forgets the oldest of a type beyond its limit, wherever they come from', () => {
    const events = Array.from({ length: EVENTS_A_TYPE + 50 }, (_, index) => event({ id: `e${index}`, minute: index }));
    const profile = applyEvents(applyEvents(EMPTY_PROFILE, events.slice(100)), events.slice(0, 100));
    expect(profile.events['view']).toHaveLength(EVENTS_A_TYPE);
    expect(profile.events['view']?.at(-1)?.id).toBe('e50');
  });

  test("remembers eight of a shop's own types, the first by name", () => {
    const own = Array.from({ length: 12 }, (_, index) =>
      event({ id: `e${index}`, type: `own-${String.fromCharCode(97 + index)}` }),
    );
    const profile = applyEvents(EMPTY_PROFILE, [...own.reverse(), event({ id: 'v' })]);
    expect(Object.keys(profile.events)).toEqual([...'abcdefgh'].map((letter) => `own-${letter}`).concat('view'));
  });

  test('of an erased customer takes only what was received afterwards', () => {
    const profile = erase(applyEvents(EMPTY_PROFILE, [event({ id: 'a' })]), minuteIso(10));
    expect(profile).toEqual({ erasedAt: minuteIso(10), events: {} });
    const late = event({ id: 'b', minute: 1, receivedMinute: 10 });
    const again = event({ id: 'c', minute: 11, receivedMinute: 11 });
    expect(applyEvents(profile, [late, again]).events).toEqual({
      view: [{ id: 'c', itemId: 'mug', at: minuteIso(11) }],
    });
    expect(erase(profile, minuteIso(5)).erasedAt).toBe(minuteIso(10));
  });

  test('is read back as it was written, and written by one of two', async () => {
    const store = createMemoryBlobStore();
    const stored = { eventId: 'e-1', type: 'view', itemId: 'mug', at: minuteIso(1), receivedAt: minuteIso(2) };
    const content = applyEvents(EMPTY_PROFILE, [await toIncomingEvent(stored)]);
    const [first, second] = [await readProfile(store, 'shop', 'ab12'), await readProfile(store, 'shop', 'ab12')];
    const document = { ...content, revision: 'r1', keyVersion: 1 };
    expect((await writeProfile(store, 'shop', 'ab12', first, document)).kind).toBe('written');
    expect((await writeProfile(store, 'shop', 'ab12', second, document)).kind).toBe('conflict');
    expect((await readProfile(store, 'shop', 'ab12')).content).toMatchObject(content);
    expect((await readProfile(store, 'other', 'ab12')).content).toEqual(EMPTY_PROFILE);
  });
});

interface Given {
  readonly id: string;
  readonly type?: string;
  readonly itemId?: string;
  readonly minute?: number;
  readonly receivedMinute?: number;
  readonly value?: number;
}

function event({
  id,
  type = 'view',
  itemId = 'mug',
  minute = 0,
  receivedMinute = minute,
  value,
}: Given): IncomingEvent {
  const withValue = value === undefined ? {} : { value };
  return { id, type, itemId, at: minuteIso(minute), receivedAt: minuteIso(receivedMinute), ...withValue };
}

function minuteIso(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
}

function inRandomOrder<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, place: random.below(2 ** 31) }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
