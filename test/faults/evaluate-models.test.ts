import { expect, test } from 'vitest';
import { EvaluateRequestSchema, type EvaluationAnswer, EvaluationSchema } from '../../functions/evaluate/contract.ts';
import type { EvaluateDeps } from '../../functions/evaluate/deps.ts';
import { evaluate } from '../../functions/evaluate/evaluate.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import { showEvaluation } from '../../functions/evaluate/stored.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { manifestKey, packPrefix, SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import { deliverCalmly, deliverRoughly } from '../support/deliver-evaluations.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { nodePacks } from '../support/node-packs.ts';
import { createRandom, type Random } from '../support/random.ts';
import { DATASET_VERSION, seedDataset } from '../support/seed-dataset.ts';
import { seedAlias, seedPack } from '../support/seed-store.ts';
import { tinyPack } from '../support/tiny-pack.ts';
import { tinyRecommenderPack } from '../support/tiny-recommender-pack.ts';
import { utf8 } from '../support/utf8.ts';

const SEEDS = 12;
const TENANT = 'acme';
const CALLER = { tenant: TENANT, keyId: 'key', requestId: 'r-12345678', defer: () => {} };
const QUERY = { format: 'json' } as const;
const REQUEST = {
  task: 'classification',
  source: { dataset: { name: 'moods' } },
  model: 'mood@canary',
  compare: { model: 'mood' },
};
const TEXTS = ['good', 'bad', 'fine', 'good bad', 'nothing known', 'good good fine'];
const LABELS = ['positive', 'negative', 'neutral', 'mixed'];

test('pieces that come twice, in any order, from Workers that are killed, come to what one calm Worker makes of them', async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = createRandom(seed);
    const rows = makeRows(random, 20 + random.below(100));
    const [calm, rough] = [await makeWorld(divided(rows, 1)), await makeWorld(divided(rows, 1 + random.below(4)))];
    await begin(rough);
    await deliverRoughly(rough, random);
    const [once, parts] = [await finish(calm), await finish(rough)];
    expect({ ...parts, id: '' }, `seed ${seed}`).toEqual({ ...once, id: '' });
    expect(parts.metrics['count']?.value).toBe(rows.length);
  }
});

test('a part of more rows than can be answered in one go is divided, to the same as its rows one by one', async () => {
  const rows = Array.from({ length: 4_500 }, (_, place) => ({
    id: String(place),
    text: TEXTS[place % 3],
    label: LABELS[(place + (place % 10 === 0 ? 1 : 0)) % 3],
  }));
  const world = await makeWorld([rows]);
  await begin(world);
  expect(world.queue.waiting).toHaveLength(2);
  const answer = await finish(world);
  expect(answer.models?.[1]?.evaluation?.metrics['accuracy']?.value).toBeCloseTo(0.9, 12);
  expect(answer.rows.read).toBe(4_500);
});

test('users of many interactions are divided, each in one piece', async () => {
  const { deps, queue } = await makeWorld([[]]);
  const items = ['mug', 'teapot', 'saucer', 'tea', 'pan', 'wok'];
  const visit = (place: number, day: number) => {
    const at = new Date(Date.UTC(2026, 0, day)).toISOString();
    return { user: `user-${place % 700}`, itemId: items[(place + day) % items.length], type: 'view', at };
  };
  const before = Array.from({ length: 1_000 }, (_, place) => visit(place, 1));
  const after = Array.from({ length: 10_500 }, (_, place) => visit(place, 3));
  const splits = { train: [before], test: [after.slice(0, 6_000), after.slice(6_000)] };
  await seedDataset(deps.store, { name: 'visits', kind: 'interactions', splits });
  await seedPack(deps.store, await tinyRecommenderPack({ name: 'kitchen' }));
  const body = { task: 'ranking', source: { dataset: { name: 'visits' } }, model: 'kitchen', allowSeen: true };
  const begun = await evaluate(deps, { request: EvaluateRequestSchema.parse(body) }, QUERY, CALLER);
  if (!begun.ok || !(begun.value instanceof TextAnswer)) throw new Error('not begun');
  expect(queue.waiting).toHaveLength(2);
  await deliverCalmly({ deps, queue });
  const answer = await show({ deps, queue }, JSON.parse(begun.value.text).id);
  expect(answer.metrics['count']?.value).toBe(700);
  expect(answer.rows).toMatchObject({ read: 700, rejected: 0 });
});

test('the version is the one that the alias named when the evaluation began', async () => {
  const world = await makeWorld([makeRows(createRandom(1), 30)]);
  const id = await begin(world);
  await seedAlias(world.deps.store, 'mood', 'production', '2.0.0');
  await deliverCalmly(world);
  expect((await show(world, id)).models?.map(({ version }) => version)).toEqual(['2.0.0', '1.0.0']);
  // Another version is another evaluation.
  expect(await begin(world)).not.toBe(id);
});

test.each([
  [
    'a manifest that is gone',
    (prefix: string) => [`${prefix}manifest.json`, null] as const,
    'The manifest of mood@2.0.0 is missing',
  ],
  [
    'a manifest that was changed',
    (prefix: string) => [`${prefix}manifest.json`, 'spaces'] as const,
    'the manifest of mood@2.0.0 was changed',
  ],
  [
    'a graph that is gone',
    (prefix: string) => [`${prefix}onnx/model_quantized.onnx`, null] as const,
    'of mood@2.0.0 is missing',
  ],
])('%s fails the evaluation, and the reason is told', async (_, where, reason) => {
  const world = await makeWorld([makeRows(createRandom(2), 30)]);
  const id = await begin(world);
  const { store } = world.deps;
  const [key, change] = where(packPrefix(SHARED_MODELS_ROOT, 'mood', '2.0.0'));
  if (change === null) await store.delete(key);
  else {
    const found = await store.get(manifestKey(SHARED_MODELS_ROOT, 'mood', '2.0.0'));
    if (found.kind === 'missing') throw new Error('no manifest');
    await store.put(key, utf8(` ${new TextDecoder().decode(await found.bytes())}`));
  }
  await deliverCalmly(world);
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({
    status: 'failed',
    failures: [{ key: 'test/00000.ndjson.gz', reason: expect.stringContaining(reason) }],
  });
});

test('a part of the dataset that was altered fails the evaluation, though it has a new ETag only', async () => {
  const world = await makeWorld(divided(makeRows(createRandom(3), 30), 2));
  const id = await begin(world);
  await world.deps.store.put(
    `${datasetVersionPrefix(TENANT, 'moods', DATASET_VERSION)}test/00001.ndjson.gz`,
    utf8('x'),
  );
  await deliverCalmly(world);
  const shown = await showEvaluation(world.deps, id, QUERY, CALLER);
  expect(shown.ok && shown.value).toMatchObject({
    status: 'failed',
    failures: [{ key: 'test/00001.ndjson.gz', reason: expect.stringContaining('was altered') }],
  });
});

interface World {
  readonly deps: EvaluateDeps;
  readonly queue: ReturnType<typeof createMemoryQueue<EvaluateMessage>>;
}

async function makeWorld(parts: readonly (readonly object[])[]): Promise<World> {
  const store = createMemoryBlobStore();
  const queue = createMemoryQueue<EvaluateMessage>();
  await seedPack(store, await tinyPack({ name: 'mood' }));
  const swapped = { good: [2, 0, -1], bad: [-1, 0, 2] };
  await seedPack(store, await tinyPack({ name: 'mood', version: '2.0.0', words: swapped }), { alias: 'canary' });
  await seedDataset(store, { name: 'moods', splits: { test: parts } });
  return {
    deps: {
      store,
      queue,
      log: () => {},
      packs: await nodePacks(store),
      clock: createFakeClock(),
      newId: () => crypto.randomUUID(),
    },
    queue,
  };
}

async function begin({ deps }: World): Promise<string> {
  const begun = await evaluate(deps, { request: EvaluateRequestSchema.parse(REQUEST) }, QUERY, CALLER);
  if (!begun.ok || !(begun.value instanceof TextAnswer)) throw new Error('not begun');
  return JSON.parse(begun.value.text).id;
}

async function finish(world: World): Promise<EvaluationAnswer> {
  const begun = await evaluate(world.deps, { request: EvaluateRequestSchema.parse(REQUEST) }, QUERY, CALLER);
  await deliverCalmly(world);
  if (!begun.ok) throw new Error(begun.failure.detail);
  if (!(begun.value instanceof TextAnswer)) return EvaluationSchema.parse(begun.value);
  return show(world, JSON.parse(begun.value.text).id);
}

async function show({ deps }: World, id: string): Promise<EvaluationAnswer> {
  const shown = await showEvaluation(deps, id, QUERY, CALLER);
  if (!shown.ok) throw new Error(shown.failure.detail);
  return EvaluationSchema.parse(shown.value);
}

function divided(rows: readonly object[], parts: number): object[][] {
  const size = Math.ceil(rows.length / parts);
  return Array.from({ length: parts }, (_, part) => rows.slice(part * size, (part + 1) * size)).filter(
    (part) => part.length > 0,
  );
}

function makeRows(random: Random, count: number): object[] {
  return Array.from({ length: count }, (_, place) => ({
    id: String(place),
    text: random.pick(TEXTS),
    label: random.pick(LABELS),
  }));
}
