import { expect, test } from 'vitest';
import { EvaluateRequestSchema, EvaluationSchema } from '../../functions/evaluate/contract.ts';
import type { EvaluateDeps } from '../../functions/evaluate/deps.ts';
import { evaluate } from '../../functions/evaluate/evaluate.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import { rowsKey } from '../../functions/evaluate/plan.ts';
import { showEvaluation } from '../../functions/evaluate/stored.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { deliverCalmly, deliverRoughly } from '../support/deliver-evaluations.ts';
import { NO_PACKS } from '../support/node-packs.ts';
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
  return { deps: { store, queue, log: () => {}, packs: NO_PACKS }, queue, task, keys };
}

async function begin({ deps, task, keys }: World): Promise<string> {
  const request = EvaluateRequestSchema.parse({ task, source: { keys }, slices: ['country'] });
  const begun = await evaluate(deps, { request }, QUERY, CALLER);
  if (!begun.ok || !(begun.value instanceof TextAnswer)) throw new Error('not begun');
  return JSON.parse(begun.value.text).id;
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
