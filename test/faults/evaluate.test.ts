import { expect, test } from 'vitest';
import { consume } from '../../functions/evaluate/consume.ts';
import { EvaluateRequestSchema, EvaluationSchema } from '../../functions/evaluate/contract.ts';
import type { EvaluateDeps } from '../../functions/evaluate/deps.ts';
import { evaluate } from '../../functions/evaluate/evaluate.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import { rowsKey } from '../../functions/evaluate/plan.ts';
import { showEvaluation } from '../../functions/evaluate/stored.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRandom, type Random } from '../support/random.ts';
import { utf8 } from '../support/utf8.ts';

const SEEDS = 60;
const TENANT = 'acme';
const CALLER = { tenant: TENANT, keyId: 'key', requestId: 'r-12345678', defer: () => {} };
const QUERY = { format: 'json' } as const;

test.each(['binary-classification', 'campaign'])(
  '%s: parts that come twice, in any order, from Workers that are killed, make the one pass',
  async (task) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = createRandom(seed);
      const rows = makeRows(random, 40 + random.below(200));
      const world = await makeWorld(task, rows, 1 + random.below(5), random);
      const id = await begin(world);
      await deliverRoughly(world, random);
      await deliverCalmly(world);
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
  await world.queue.deliver(async (messages) => messages.map(() => ({ kind: 'done' as const })));
  expect(world.queue.waiting).toHaveLength(0);
  expect(await begin(world)).toBe(id);
  await deliverCalmly(world);
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({ status: 'done' });
});

interface World {
  readonly deps: EvaluateDeps;
  readonly queue: ReturnType<typeof createMemoryQueue<EvaluateMessage>>;
  readonly task: string;
  readonly keys: readonly string[];
}

async function makeWorld(task: string, rows: readonly object[], parts: number, random: Random): Promise<World> {
  const store = createMemoryBlobStore();
  const queue = createMemoryQueue<EvaluateMessage>();
  const keys = Array.from({ length: parts }, (_, part) => `in/${part}.ndjson`);
  let rest = rows;
  for (const [part, key] of keys.entries()) {
    const size = part === parts - 1 ? rest.length : 1 + random.below(Math.max(1, rest.length - (parts - part)));
    await store.put(
      rowsKey(TENANT, key),
      utf8(
        rest
          .slice(0, size)
          .map((row) => JSON.stringify(row))
          .join('\n'),
      ),
    );
    rest = rest.slice(size);
  }
  return { deps: { store, queue, clock: createFakeClock(), log: () => {} }, queue, task, keys };
}

async function begin({ deps, task, keys }: World): Promise<string> {
  const request = EvaluateRequestSchema.parse({ task, source: { keys }, slices: ['country'] });
  const begun = await evaluate(deps, { request }, QUERY, CALLER);
  if (!begun.ok || !(begun.value instanceof TextAnswer)) throw new Error('not begun');
  return JSON.parse(begun.value.text).id;
}

/** Some messages twice, in any order; each Worker may be killed at any call. */
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
      return messages.map(() => ({ kind: 'retry', afterSeconds: 0 }) as const);
    });
  }
}

async function runKilled(deps: EvaluateDeps, message: EvaluateMessage, random: Random): Promise<void> {
  const store = killing(deps.store, random.below(12), random);
  await consume({ ...deps, store }, [message]);
}

/** A store that answers nobody from this call on, as to a Worker that was killed: that call's effect may have happened. */
function killing(store: BlobStore, calls: number, random: Random): BlobStore {
  let left = calls;
  const guarded = async <T>(effect: () => Promise<T>): Promise<T> => {
    left--;
    if (left > 0) return effect();
    if (left === 0 && random.below(2) === 0) await effect();
    throw new StorageError('call', 'of a killed Worker');
  };
  return {
    get: (key, range) => guarded(() => store.get(key, range)),
    head: (key) => guarded(() => store.head(key)),
    put: (key, body, condition) => guarded(() => store.put(key, body, condition)),
    list: (query) => guarded(() => store.list(query)),
    delete: (key) => guarded(() => store.delete(key)),
  };
}

async function deliverCalmly({ deps, queue }: World): Promise<void> {
  while (queue.waiting.length > 0) await queue.deliver((messages) => consume(deps, messages));
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
