import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { consume } from '../../functions/evaluate/consume.ts';
import { EvaluateRequestSchema, EvaluationSchema } from '../../functions/evaluate/contract.ts';
import type { EvaluateDeps } from '../../functions/evaluate/deps.ts';
import { evaluate } from '../../functions/evaluate/evaluate.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import { rowsKey } from '../../functions/evaluate/plan.ts';
import { removeEvaluation } from '../../functions/evaluate/remove.ts';
import { showEvaluation } from '../../functions/evaluate/stored.ts';
import { tick } from '../../functions/evaluate/tick.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { streamOf } from '../../shared/core/read-stream.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { evaluationPrefix } from '../../shared/model/evaluation-keys.ts';
import type { BlobFound, BlobMissing, BlobRange, BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { deliverCalmly, killing, runKilled } from '../support/deliver-evaluations.ts';
import { makeCsv } from '../support/divided-files.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { NO_PACKS } from '../support/no-packs.ts';
import { createRandom, type Random } from '../support/random.ts';
import { utf8 } from '../support/utf8.ts';

const SEEDS = 40;
const TENANT = 'acme';
const CALLER = { tenant: TENANT, keyId: 'key', requestId: 'r-12345678', defer: () => {} };
const QUERY = { format: 'json' } as const;
const BEGUN_MS = Date.UTC(2026, 4, 1, 12);
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** No evaluation that can be done takes as long. */
const MAX_MINUTES = 200;
/** Longer than it takes to give up. */
const GIVEN_UP_MINUTES = 160;
/** Shorter, but long enough to be given up by what an earlier part took. */
const SLOW_MINUTES = 100;

test.each(['binary-classification', 'campaign'])(
  '%s: parts that come twice or never, in any order, from Workers that are killed, make the one pass',
  async (task) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = createRandom(seed);
      const rows = makeRows(random, 40 + random.below(200));
      const pieceBytes = random.pick([undefined, 200 + random.below(4_000)]);
      const world = await makeWorld(task, rows, 1 + random.below(5), random, pieceBytes);
      const id = await begin(world);
      await deliverRoughly(world, random);
      await runTicks(world, random, id);
      const request = EvaluateRequestSchema.parse({ task, rows, slices: ['country'] });
      const whole = await evaluate(world.deps, { request }, QUERY, CALLER);
      const parts = await showEvaluation(world.deps, id, QUERY, CALLER);
      if (!whole.ok || !parts.ok) throw new Error(`seed ${seed}`);
      expect({ ...EvaluationSchema.parse(parts.value), id: undefined }, `seed ${seed}`).toEqual({
        ...EvaluationSchema.parse(whole.value),
        id: undefined,
      });
    }
  },
);

test('pieces that begin within cells of a CSV come to the one pass, whoever is killed', async () => {
  for (let seed = 0; seed < SEEDS / 2; seed++) {
    const random = createRandom(seed);
    const { text } = makeCsv(random, 60);
    const answers: unknown[] = [];
    for (const pieceBytes of [undefined, Math.ceil(utf8(text).length / (2 + random.below(12)))]) {
      const world = await makeWorld('binary-classification', [], 0, random, pieceBytes, [text]);
      const id = await begin(world);
      if (pieceBytes !== undefined) await deliverRoughly(world, random);
      await runTicks(world, random, id);
      const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
      answers.push(shown.ok && { ...(shown.value as object), id: '' });
    }
    expect(answers[1], `seed ${seed}`).toEqual(answers[0]);
  }
});

test('an object that was changed since is named, and the evaluation fails as a whole', async () => {
  const random = createRandom(1);
  const world = await makeWorld('binary-classification', makeRows(random, 50), 3, random);
  const id = await begin(world);
  await world.deps.store.put(rowsKey(TENANT, world.keys[1] as string), utf8('label,score\n1,1\n'));
  await deliverCalmly(world);
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({
    status: 'failed',
    parts: { done: 2, all: 3 },
    failures: [{ key: world.keys[1], reason: 'was changed since the evaluation began' }],
  });
});

test('messages that were lost are sent again by the same request', async () => {
  const random = createRandom(2);
  const world = await makeWorld('binary-classification', makeRows(random, 50), 3, random);
  const id = await begin(world);
  await loseAll(world);
  expect(await begin(world)).toBe(id);
  await deliverCalmly(world);
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({ status: 'done' });
});

test('messages that were lost are sent again by a tick once nothing came for five minutes', async () => {
  const world = await makeWorld('binary-classification', makeRows(createRandom(3), 50), 3, createRandom(3));
  await begin(world);
  await loseAll(world);
  for (let minute = 0; minute < 4; minute++) await minuteOf(world);
  expect(world.queue.waiting).toHaveLength(0);
  await minuteOf(world);
  expect(world.queue.waiting.map(({ part }) => part)).toEqual([0, 1, 2]);
  await deliverCalmly(world);
  expect(await openKeys(world)).toEqual([]);
});

test('what kills whoever reads it is given up after some hours, by the name of its object', async () => {
  const world = await makeWorld('binary-classification', makeRows(createRandom(4), 50), 3, createRandom(4));
  const id = await begin(world);
  let sent = 0;
  for (let minute = 0; minute < GIVEN_UP_MINUTES; minute++) {
    await world.queue.deliver(async (messages) => {
      sent += messages.filter(({ part }) => part === 1).length;
      await consume(
        world.deps,
        messages.filter(({ part }) => part !== 1),
      );
      return messages.map(() => ({ kind: 'done' as const }));
    });
    await minuteOf(world);
  }
  expect(sent).toBe(5);
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({
    status: 'failed',
    failures: [
      { key: world.keys[1], reason: expect.stringMatching(/^was not worked out although it was tried 5 times/) },
    ],
  });
  expect(await openKeys(world)).toEqual([]);
  expect(world.queue.waiting).toHaveLength(0);
});

test('an evaluation that gets on is not given up, however slow it is', async () => {
  const world = await makeWorld('binary-classification', makeRows(createRandom(5), 60), 5, createRandom(5));
  const id = await begin(world);
  for (let part = 0; part < 5; part++) {
    await loseAll(world);
    for (let minute = 0; minute < SLOW_MINUTES; minute++) {
      await minuteOf(world);
      await loseAll(world);
    }
    await consume(world.deps, [{ tenant: TENANT, id, part }]);
  }
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({ status: 'done' });
});

test('parts go after a day, all after thirty, and nothing is left, whoever is killed', async () => {
  for (let seed = 0; seed < SEEDS / 3; seed++) {
    const random = createRandom(seed);
    const world = await makeWorld('binary-classification', makeRows(random, 100), 3, random, 300);
    const id = await begin(world);
    await deliverCalmly(world);
    const parts = async () => (await keysOf(world)).filter((key) => key.includes('/parts/')).length;
    const all = await parts();
    await maintain(world, random, DAY_MS);
    expect(await parts(), `seed ${seed}`).toBe(all);
    await maintain(world, random, 3 * DAY_MS);
    expect(await parts(), `seed ${seed}`).toBe(0);
    const kept = await showEvaluation(world.deps, id, QUERY, CALLER);
    expect(kept.ok && kept.value, `seed ${seed}`).toMatchObject({ status: 'done' });
    await maintain(world, random, 30 * DAY_MS);
    expect(await showEvaluation(world.deps, id, QUERY, CALLER)).toMatchObject({ ok: true });
    await maintain(world, random, 32 * DAY_MS);
    expect(await keysOf(world), `seed ${seed}`).toEqual([]);
    expect(await showEvaluation(world.deps, id, QUERY, CALLER)).toMatchObject({ failure: { kind: 'not-found' } });
  }
});

test('parts of an evaluation that still runs stay, however old', async () => {
  const random = createRandom(8);
  const world = await makeWorld('binary-classification', makeRows(random, 60), 3, random);
  const id = await begin(world);
  await consume(world.deps, [{ tenant: TENANT, id, part: 0 }]);
  await maintain(world, random, 4 * DAY_MS);
  expect((await keysOf(world)).filter((key) => key.includes('/parts/'))).toHaveLength(1);
  await deliverCalmly(world);
  await maintain(world, random, 7 * DAY_MS);
  expect((await keysOf(world)).filter((key) => key.includes('/parts/'))).toEqual([]);
});

test('what was deleted is gone at once, and can be begun again to stay its thirty days', async () => {
  const random = createRandom(6);
  const world = await makeWorld('binary-classification', makeRows(random, 60), 3, random);
  const id = await begin(world);
  await consume(world.deps, [{ tenant: TENANT, id, part: 0 }]);
  expect(await removeEvaluation(world.deps, id, CALLER)).toMatchObject({ ok: true, value: { id } });
  expect(await removeEvaluation(world.deps, id, CALLER)).toMatchObject({ failure: { kind: 'not-found' } });
  await deliverCalmly(world);
  expect((await keysOf(world)).filter((key) => key.startsWith(evaluationPrefix(TENANT, id)))).toEqual([]);
  await world.clock.advance(20 * DAY_MS);
  expect(await begin(world)).toBe(id);
  await deliverCalmly(world);
  await maintain(world, random, 32 * DAY_MS);
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({ status: 'done' });
  await maintain(world, random, 52 * DAY_MS);
  expect(await keysOf(world)).toEqual([]);
});

test.each(['whole', 'gzipped', 'in pieces'])(
  'a body that breaks off is read again and never taken for a broken file: %s',
  async (kind) => {
    const random = createRandom(7);
    const pieceBytes = kind === 'in pieces' ? 500 : undefined;
    const world = await makeWorld('binary-classification', makeRows(random, 60), 2, random, pieceBytes);
    const { store } = world.deps;
    if (kind === 'gzipped') {
      for (const key of world.keys) {
        const found = await store.get(rowsKey(TENANT, key));
        if (found.kind === 'found')
          await store.put(rowsKey(TENANT, key), new Uint8Array(gzipSync(await found.bytes())));
      }
    }
    const id = await begin(world);
    await world.queue.deliver((messages) => consume({ ...world.deps, store: breaking(store) }, messages));
    await deliverCalmly(world);
    const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
    expect(shown.ok && shown.value).toMatchObject({ status: 'done', rows: { read: 60 } });
  },
);

/** Stores that forget what they said they had written, and what shows it. */
const FORGOTTEN = {
  'what is open': { key: '/open/', shows: /there is no result/ },
  'a part': { key: '/parts/', shows: /there is no result|given up/ },
  'what is due': { key: '/due/', shows: /left behind/ },
} as const;

test.each(Object.entries(FORGOTTEN))('a store that forgets %s is noticed', async (_, { key, shows }) => {
  const live = async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = createRandom(seed);
      const made = await makeWorld('binary-classification', makeRows(random, 60), 3, random);
      const world = { ...made, deps: { ...made.deps, store: forgetting(made.deps.store, key) } };
      const id = await begin(world);
      await deliverRoughly(world, random);
      await runTicks(world, random, id);
      const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
      if (JSON.stringify(shown).includes('was not worked out')) throw new Error('given up');
      await maintain(world, random, 32 * DAY_MS);
      if ((await keysOf(world)).length > 0) throw new Error('left behind');
    }
  };
  await expect(live()).rejects.toThrow(shows);
});

interface World {
  readonly deps: EvaluateDeps;
  readonly clock: FakeClock;
  readonly queue: ReturnType<typeof createMemoryQueue<EvaluateMessage>>;
  readonly task: string;
  readonly keys: readonly string[];
}

async function makeWorld(
  task: string,
  rows: readonly object[],
  parts: number,
  random: Random,
  pieceBytes?: number,
  texts: readonly string[] = divide(rows, parts, random),
): Promise<World> {
  const store = createMemoryBlobStore();
  const queue = createMemoryQueue<EvaluateMessage>();
  const clock = createFakeClock(BEGUN_MS);
  const keys = texts.map((_, part) => `in/${part}`);
  for (const [part, key] of keys.entries()) await store.put(rowsKey(TENANT, key), utf8(texts[part] as string));
  let ids = 0;
  const deps = { store, queue, log: () => {}, packs: NO_PACKS, clock, newId: () => `${ids++}` };
  return { deps: { ...deps, ...(pieceBytes === undefined ? {} : { pieceBytes }) }, clock, queue, task, keys };
}

/** Rows as NDJSON objects, some to each. */
function divide(rows: readonly object[], parts: number, random: Random): string[] {
  let rest = rows;
  return Array.from({ length: parts }, (_, part) => {
    const size = part === parts - 1 ? rest.length : 1 + random.below(Math.max(1, rest.length - (parts - part)));
    const own = rest.slice(0, size);
    rest = rest.slice(size);
    return own.map((row) => JSON.stringify(row)).join('\n');
  });
}

async function begin({ deps, task, keys }: World): Promise<string> {
  const request = EvaluateRequestSchema.parse({ task, source: { keys }, slices: ['country'] });
  const begun = await evaluate(deps, { request }, QUERY, CALLER);
  if (!begun.ok || !(begun.value instanceof TextAnswer)) throw new Error('not begun');
  return JSON.parse(begun.value.text).id;
}

/** Some messages twice, some lost, in any order; each Worker may be killed at any call. */
async function deliverRoughly({ deps, queue }: World, random: Random): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await queue.deliver(async (messages) => {
      const doubled = messages.flatMap((message) => (random.below(3) === 0 ? [message, message] : [message]));
      const shuffled = doubled.map((message) => ({ message, place: random.below(1_000_000) }));
      shuffled.sort((a, b) => a.place - b.place);
      // Two at a time run beside each other.
      for (let at = 0; at < shuffled.length; at += 2) {
        const pair = shuffled.slice(at, at + 2);
        await Promise.all(pair.map(({ message }) => runKilled(deps, message, random)));
      }
      return messages.map(() =>
        random.below(3) === 0 ? ({ kind: 'done' } as const) : ({ kind: 'retry', afterSeconds: 0 } as const),
      );
    });
  }
  // What is still in the queue may be lost as well.
  if (random.below(2) === 0) await queue.deliver(async (messages) => messages.map(() => ({ kind: 'done' })));
}

/** Minutes pass and ticks come, themselves killed now and then, until there is a result. */
async function runTicks(world: World, random: Random, id: string): Promise<void> {
  for (let minute = 0; minute < MAX_MINUTES; minute++) {
    await deliverCalmly(world);
    const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
    if (shown.ok && !(shown.value instanceof TextAnswer)) return;
    await world.clock.advance(MINUTE_MS);
    await tickKilled(world, random);
    await tick(world.deps);
  }
  throw new Error('there is no result');
}

async function tickKilled({ deps }: World, random: Random): Promise<void> {
  // A tenant's failure is told in the log; one of the list of tenants is the tick's own.
  await tick({ ...deps, store: killing(deps.store, random.below(8), random) }).catch(() => undefined);
}

/** The ticks of some quarters of an hour from so long after the beginning, some of them killed. */
async function maintain(world: World, random: Random, sinceMs: number): Promise<void> {
  await world.clock.advance(Math.max(0, BEGUN_MS + sinceMs - world.clock.now()));
  for (let quarter = 0; quarter < 4; quarter++) {
    await tickKilled(world, random);
    await tick(world.deps);
    await world.clock.advance(15 * MINUTE_MS);
  }
}

async function minuteOf({ deps, clock }: World): Promise<void> {
  await clock.advance(MINUTE_MS);
  await tick(deps);
}

async function loseAll({ queue }: World): Promise<void> {
  await queue.deliver(async (messages) => messages.map(() => ({ kind: 'done' as const })));
}

/** All that evaluations have in storage. */
async function keysOf({ deps }: World): Promise<string[]> {
  return (await listBlobs(deps.store, `tenants/${TENANT}/evaluations/`)).map(({ key }) => key);
}

async function openKeys(world: World): Promise<string[]> {
  return (await keysOf(world)).filter((key) => key.includes('/open/'));
}

/** Bodies of rows that end in a failure halfway. */
function breaking(store: BlobStore): BlobStore {
  const get = async (key: string, range?: BlobRange): Promise<BlobFound | BlobMissing> => {
    const found = await store.get(key, range);
    if (found.kind === 'missing' || !key.includes('/rows/')) return found;
    const bytes = await found.bytes();
    const half = streamOf(bytes.subarray(0, bytes.length >> 1)).getReader();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await half.read();
        if (done) controller.error(new TypeError('network connection lost'));
        else controller.enqueue(value);
      },
    });
    return { ...found, body, bytes: async () => bytes };
  };
  return { ...store, get };
}

/** Says of some objects that they were written, and does not write them. */
function forgetting(store: BlobStore, part: string): BlobStore {
  return {
    ...store,
    put: async (key, body, condition) =>
      key.includes(part) ? { kind: 'written', etag: 'forgotten' } : store.put(key, body, condition),
  };
}

function makeRows(random: Random, count: number): object[] {
  return Array.from({ length: count }, () => ({
    label: random.below(2),
    score: random.below(1_000) / 1_000,
    country: random.pick(['NO', 'SE', 'DK']),
    arm: random.pick(['mail', 'control']),
    converted: random.below(2),
    revenue: random.below(10_000) / 100,
  }));
}
