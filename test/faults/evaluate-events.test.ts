import { expect, test } from 'vitest';
import { consume } from '../../functions/evaluate/consume.ts';
import { EvaluateRequestSchema, EvaluationSchema } from '../../functions/evaluate/contract.ts';
import { evaluate } from '../../functions/evaluate/evaluate.ts';
import { evaluateEvents } from '../../functions/evaluate/source-events.ts';
import { showEvaluation } from '../../functions/evaluate/stored.ts';
import { tick } from '../../functions/evaluate/tick.ts';
import { withFairnessSlices } from '../../functions/evaluate/wishes.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { eventPartKey, mergesKey } from '../../shared/customer/customer-keys.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { listDays, listLiveParts, partDigest, readPart, writePart } from '../../shared/customer/parts.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import {
  EVENTS_CALLER,
  EVENTS_QUERY,
  type EventsWorld,
  eventOn,
  eventsWorld,
  MAY,
  onDay,
  shownBy,
  storeEvents,
} from '../support/evaluated-events.ts';
import { createRandom, type Random } from '../support/random.ts';

const SEEDS = 40;
const REQUESTS = [
  { task: 'campaign', events: { window: MAY, arms: { by: 'recommendationId' } } },
  { task: 'attribution', events: { window: MAY } },
];

test.each(REQUESTS)(
  '$task: Workers that are killed, messages that come twice, parts that are merged and events that come in between change nothing',
  async ({ task, events }) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = createRandom(seed);
      const world = eventsWorld();
      // Several parts a day, which can be merged.
      for (let part = 0; part < 4; part++) await storeEvents(world.store, madeUp(random, 75, part * 60));
      const request = EvaluateRequestSchema.parse({ task, source: { events } });
      const atOnce = await evaluate(world.deps, { request }, EVENTS_QUERY, EVENTS_CALLER);
      const id = await begin(world, request);
      await world.clock.advance(1_000);
      await deliverRoughly(world, random);
      await deliverCalmly(world);
      const stored = await showEvaluation(world.deps, id, EVENTS_QUERY, EVENTS_CALLER);
      if (!atOnce.ok || !stored.ok) throw new Error(`seed ${seed}`);
      const told = comparable(stored.value);
      expect(told, `seed ${seed}`).toEqual(comparable(atOnce.value));
    }
  },
);

test('the same wish over the same events is the same evaluation, until there are more events or one is erased', async () => {
  const world = eventsWorld();
  await storeEvents(world.store, madeUp(createRandom(1), 50));
  const request = EvaluateRequestSchema.parse({ task: 'attribution', source: { events: { window: MAY } } });
  const id = await begin(world, request);
  await world.clock.advance(5_000);
  expect(await begin(world, request)).toBe(id);
  await storeEvents(world.store, [eventOn(7, 'new', 'purchase')]);
  const later = await begin(world, request);
  expect(later).not.toBe(id);
  await deliverCalmly(world);
  for (const each of [id, later]) {
    const shown = await showEvaluation(world.deps, each, EVENTS_QUERY, EVENTS_CALLER);
    expect(shown.ok && shown.value).toMatchObject({ status: 'done', id: each });
  }
});

test('an evaluation that finds nothing fails with the reason', async () => {
  const world = eventsWorld();
  await storeEvents(world.store, [eventOn(7, 'x', 'view')]);
  const events = { window: MAY, arms: { by: 'recommendationId' } };
  const id = await begin(world, EvaluateRequestSchema.parse({ task: 'campaign', source: { events } }));
  await deliverCalmly(world);
  const shown = await showEvaluation(world.deps, id, EVENTS_QUERY, EVENTS_CALLER);
  expect(shown.ok && shown.value).toMatchObject({
    status: 'failed',
    failures: [{ key: 'source.events', reason: expect.stringContaining('puts a customer into an arm') }],
  });
});

test('a message that was lost is sent again by a tick; nothing is left to look after once there is a result', async () => {
  const world = eventsWorld();
  await storeEvents(world.store, madeUp(createRandom(3), 50));
  const request = EvaluateRequestSchema.parse({ task: 'attribution', source: { events: { window: MAY } } });
  const id = await begin(world, request);
  const isOpen = async () => (await listBlobs(world.store, 'tenants/acme/evaluations/open/')).length > 0;
  await world.queue.deliver(async (messages) => messages.map(() => ({ kind: 'done' as const })));
  expect([world.queue.waiting.length, await isOpen()]).toEqual([0, true]);
  await world.clock.advance(6 * 60_000);
  await tick(world.deps);
  expect(world.queue.waiting).toHaveLength(1);
  await deliverCalmly(world);
  const shown = await showEvaluation(world.deps, id, EVENTS_QUERY, EVENTS_CALLER);
  expect([shown.ok && shown.value, await isOpen()]).toMatchObject([{ status: 'done', id }, false]);
});

/** As a stored evaluation, however little there is. */
async function begin(world: EventsWorld, request: ReturnType<typeof EvaluateRequestSchema.parse>): Promise<string> {
  const wishes = withFairnessSlices(request);
  const events = request.source?.events;
  if (!wishes.ok || !events) throw new Error('no wish');
  const begun = await evaluateEvents(world.deps, { ...wishes.value, events }, EVENTS_QUERY, EVENTS_CALLER, 0);
  if (!begun.ok || !(begun.value instanceof TextAnswer)) throw new Error('not begun');
  return JSON.parse(begun.value.text).id;
}

/** How many parts the events lay in is no matter. */
function comparable(value: unknown) {
  const { id: _, requestId: __, ...answer } = EvaluationSchema.parse(value);
  const { events, ...tables } = answer.tables ?? {};
  return {
    ...answer,
    tables,
    events: events?.rows.filter(([what]) => what !== 'parts read' && what !== 'events read'),
  };
}

/** Two Workers at a time, each killed at any call; between their calls parts are merged and events arrive. */
async function deliverRoughly(world: EventsWorld, random: Random): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await world.queue.deliver(async (messages) => {
      const doubled = messages.flatMap((message) => [message, message]);
      await Promise.all(doubled.map((message) => runKilled(world, message, random)));
      return messages.map(() => ({ kind: 'retry', afterSeconds: 0 }) as const);
    });
  }
}

/** Collect merges one at a time. */
let isMerging = false;

async function runKilled(world: EventsWorld, message: unknown, random: Random): Promise<void> {
  let left = 1 + random.below(120);
  const { store } = world;
  const guarded = async <T>(effect: () => Promise<T>): Promise<T> => {
    left--;
    if (random.below(10) === 0 && !isMerging) {
      isMerging = true;
      await mergeSome(store, random);
      isMerging = false;
    }
    if (random.below(20) === 0) await arrive(world, random);
    if (left > 0) return effect();
    if (left === 0 && random.below(2) === 0) await effect();
    throw new StorageError('call', 'of a killed Worker');
  };
  const guardedStore: BlobStore = {
    get: (key, range) => guarded(() => store.get(key, range)),
    head: (key) => guarded(() => store.head(key)),
    put: (key, body, condition) => guarded(() => store.put(key, body, condition)),
    list: (query) => guarded(() => store.list(query)),
    delete: (key) => guarded(() => store.delete(key)),
  };
  await consume({ ...world.deps, store: guardedStore }, [message]);
}

async function deliverCalmly({ deps, queue }: EventsWorld): Promise<void> {
  while (queue.waiting.length > 0) await queue.deliver((messages) => consume(deps, messages));
}

/** As collect does it: the merge is told first, then the merged part is written, then its sources are deleted. */
async function mergeSome(store: BlobStore, random: Random): Promise<void> {
  const date = random.pick(await listDays(store, 'acme', 'events'));
  const key = mergesKey('acme', 'events', date);
  const found = await store.get(key);
  const live = await listLiveParts(store, 'acme', 'events', date);
  if (live.length < 2) return;
  const [a, b] = live.map(({ sha256 }) => sha256) as [string, string];
  const lines = await Promise.all(
    [a, b].map((sha256) => readPart<StoredEvent>(store, eventPartKey('acme', date, sha256))),
  );
  const place = { tenant: 'acme', family: 'events', date } as const;
  const merged = lines.flatMap((each) => each ?? []);
  const into = await partDigest(merged);
  const before = found.kind === 'found' ? JSON.parse(new TextDecoder().decode(await found.bytes())).merges : [];
  const merges = [...before, { into, from: [a, b], at: onDay(60) }];
  await store.put(key, toJsonBytes({ schemaVersion: 1, revision: `${random.below(1e9)}`, merges }));
  await writePart(store, place, merged);
  for (const sha256 of [a, b]) await store.delete(eventPartKey('acme', date, sha256));
}

/** An event of the window that arrives after the evaluation was asked for. */
async function arrive({ store, clock }: EventsWorld, random: Random): Promise<void> {
  const receivedAt = new Date(clock.now()).toISOString();
  const day = random.pick(await listDays(store, 'acme', 'events'));
  const event = eventOn(9, `u${random.below(50)}`, 'purchase', { eventId: `new ${random.below(1e9)}`, receivedAt });
  await writePart(store, { tenant: 'acme', family: 'events', date: day }, [event]);
}

/** Events with ids from `first` on, some of them twice. */
function madeUp(random: Random, count: number, first = 0): StoredEvent[] {
  return Array.from({ length: count }, (_, n) => {
    const type = random.pick(['impression', 'click', 'purchase', 'view']);
    const shown = random.below(3) > 0 ? shownBy(random.pick(['a', 'b'])) : {};
    const eventId = `e${first + (random.below(5) === 0 ? random.below(n + 1) : n)}`;
    const receivedAt = onDay(1 + random.below(4));
    return eventOn(1 + random.below(12) / 4, `u${random.below(80)}`, type, {
      ...shown,
      eventId,
      value: random.below(100),
      receivedAt,
    });
  });
}
