import { expect, test } from 'vitest';
import { consume } from '../../functions/prepare/consume.ts';
import { BuildSchema, DatasetRequestSchema } from '../../functions/prepare/contract.ts';
import { deleteVersion } from '../../functions/prepare/datasets.ts';
import type { PrepareDeps } from '../../functions/prepare/deps.ts';
import type { PrepareMessage } from '../../functions/prepare/message.ts';
import { makeDataset } from '../../functions/prepare/prepare.ts';
import { readReport } from '../../functions/prepare/read-report.ts';
import { tick } from '../../functions/prepare/tick.ts';
import { uploadPartKey, writeUpload } from '../../functions/prepare/upload-parts.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { gunzip } from '../../shared/core/gzip.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import { type DatasetManifest, SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { listDatasetVersions, readDatasetManifest } from '../../shared/dataset/find-dataset.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { QueueError } from '../../shared/ports/queue.ts';
import { createRandom, type Random } from '../support/random.ts';
import { utf8 } from '../support/utf8.ts';

const TENANT = 'acme';
const NAME = 'reviews';
const CALLER = { tenant: TENANT, keyId: 'key', requestId: 'r-12345678', defer: () => {} };
const UPLOAD = '2b1f6f5e-7f6c-4a53-9f0e-0d6a3c1b7a55';
const REQUEST = DatasetRequestSchema.parse({ name: NAME, source: { upload: UPLOAD } });
const MINUTE_MS = 60_000;
const SEEDS = 40;

test('a Worker that is killed at any call leaves no half version, and the next one ends with the same rows', async () => {
  const calm = await run(await makeWorld());
  expect(calm.splits.train.parts.length).toBeGreaterThan(2);
  let calls = 0;
  for (let at = 1; at < 1_000; at++) {
    for (const isDone of [false, true]) {
      const world = await makeWorld();
      await ask(world);
      const killed = killing(world.deps.store, at, isDone);
      await world.queue.deliver(async (messages) => {
        await consume({ ...world.deps, store: killed.store }, messages);
        return messages.map(() => ({ kind: 'retry', afterSeconds: 0 }) as const);
      });
      await judge(world, `killed at call ${at}`);
      expect(await run(world), `killed at call ${at}`).toMatchObject(sameRows(calm));
      await judgeRest(world, `killed at call ${at}`);
      calls = killed.calls();
    }
    if (calls < at) break;
  }
  // The whole build took so many calls: all were tried.
  expect(calls).toBeGreaterThan(30);
});

test('messages that come twice, late or never, Workers beside each other and ticks come to the one version', async () => {
  const calm = await run(await makeWorld());
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = createRandom(seed);
    const world = await makeWorld();
    for (let round = 0; round < 6; round++) {
      await roughly(() => ask({ ...world, deps: rough(world, random) }));
      await world.queue.deliver(async (messages) => {
        const doubled = messages.flatMap((message) => (random.below(3) === 0 ? [message, message] : [message]));
        await Promise.all(doubled.map((message) => consume(rough(world, random), [message])));
        // Some are given up.
        return messages.map(() => (random.below(4) === 0 ? { kind: 'done' } : { kind: 'retry', afterSeconds: 0 }));
      });
      world.advance(random.below(5) * MINUTE_MS);
      await roughly(() => tick(rough(world, random)));
      await judge(world, `seed ${seed}`);
    }
    expect(await run(world), `seed ${seed}`).toMatchObject(sameRows(calm));
    await judgeRest(world, `seed ${seed}`);
  }
});

test('a version that is deleted stays deleted, whoever is late, and is made anew under another name', async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const random = createRandom(seed);
    const world = await makeWorld();
    await ask(world);
    const late = [...world.queue.waiting];
    const first = await run(world);
    world.advance(2_000);
    const place = { name: NAME, version: first.version };
    const lateWork = roughly(() => consume(slow(world, random), late));
    await deleteVersion(world.deps, place, CALLER);
    await lateWork;
    await consume(world.deps, late);
    expect(await readDatasetManifest(world.deps.store, TENANT, NAME, first.version), `seed ${seed}`).toBeNull();
    const second = await run(world);
    expect(second).toMatchObject(sameRows(first));
    expect(second.version > first.version).toBe(true);
    await judge(world, `seed ${seed}`);
  }
});

test('a build whose messages are lost is queued again by ticks, and ends as failed where it never gets further', async () => {
  const world = await makeWorld();
  await ask(world);
  const lose = () => world.queue.deliver(async (messages) => messages.map(() => ({ kind: 'done' as const })));
  await lose();
  await tick(world.deps);
  expect(world.queue.waiting).toHaveLength(0);
  for (let tries = 0; tries < 10; tries++) {
    world.advance(4 * MINUTE_MS);
    await tick(world.deps);
    expect(world.queue.waiting).toHaveLength(1);
    await lose();
  }
  world.advance(4 * MINUTE_MS);
  await tick(world.deps);
  expect(world.queue.waiting).toHaveLength(0);
  // Whoever asks again gets another try.
  expect(await ask(world)).toMatchObject({ status: 'running' });
  expect((await run(world)).splits.train.rows).toBeGreaterThan(0);
});

test('uploads, and builds that failed, are deleted after a week', async () => {
  const world = await makeWorld(12);
  await ask(world);
  while (world.queue.waiting.length > 0) await world.queue.deliver((messages) => consume(world.deps, messages));
  expect(await ask(world)).toMatchObject({ status: 'running' });
  await world.queue.deliver((messages) => consume(world.deps, messages));
  const keys = async () => (await listBlobs(world.deps.store, `tenants/${TENANT}/`)).map(({ key }) => key);
  world.advance(6 * 24 * 60 * MINUTE_MS);
  await tickAnHour(world);
  expect((await keys()).length).toBeGreaterThan(3);
  world.advance(24 * 60 * MINUTE_MS);
  await tickAnHour(world);
  expect(await keys()).toEqual([]);
});

interface World {
  readonly deps: PrepareDeps;
  readonly queue: ReturnType<typeof createMemoryQueue<PrepareMessage>>;
  readonly advance: (milliseconds: number) => void;
}

async function makeWorld(rows = 70): Promise<World> {
  const store = createMemoryBlobStore();
  const queue = createMemoryQueue<PrepareMessage>();
  let nowMs = Date.UTC(2026, 10, 24, 12);
  let ids = 0;
  const deps: PrepareDeps = {
    store,
    queue,
    clock: { now: () => nowMs, sleep: async () => {} },
    newId: () => `id-${ids++}`,
    log: () => {},
    downloads: { hosts: [], fetch: () => Promise.reject(new Error('nothing is fetched')) },
    stepSizes: { rows: 8, bytes: 100_000, pieceBytes: 500 },
  };
  const lines = Array.from({ length: rows }, (_, i) => {
    const text = `row ${(i * 7919) % 1000} of things ${i * 31} and more ${i * i * 17}`;
    // Some rows come twice, once with another label.
    return i % 9 === 0 ? `${text},${i % 3}\n${text}!,${i % 18 === 0 ? i % 3 : 'other'}` : `${text},${i % 3}`;
  });
  await store.put(uploadPartKey(TENANT, UPLOAD, 1), utf8(`text,label\n${lines.join('\n')}`));
  const upload = { uploadId: UPLOAD, createdAt: new Date(nowMs).toISOString(), status: 'finished' as const };
  await writeUpload(store, TENANT, upload, 'first');
  return {
    deps,
    queue,
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
  };
}

async function ask({ deps }: Pick<World, 'deps'>): Promise<ReturnType<typeof BuildSchema.parse>> {
  const outcome = await makeDataset(deps, REQUEST, CALLER);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return BuildSchema.parse(outcome.value instanceof TextAnswer ? JSON.parse(outcome.value.text) : outcome.value);
}

/** Asks and delivers calmly until the version is there. */
async function run(world: World): Promise<DatasetManifest> {
  for (let round = 0; round < 40; round++) {
    const { status, version = '' } = await ask(world);
    if (status === 'done') {
      const manifest = await readDatasetManifest(world.deps.store, TENANT, NAME, version);
      if (manifest) return manifest;
    }
    while (world.queue.waiting.length > 0) await world.queue.deliver((messages) => consume(world.deps, messages));
  }
  throw new Error('it does not end');
}

function sameRows({ contentSha256, labels, splits }: DatasetManifest) {
  const parts = SPLIT_NAMES.map((name) => [name, { rows: splits[name].rows, parts: splits[name].parts }] as const);
  return { contentSha256, labels, splits: Object.fromEntries(parts) };
}

/** Whatever is visible is whole: each part as the manifest says, the report beside it; and never more than one version. */
async function judge({ deps: { store } }: World, when: string): Promise<void> {
  let visible = 0;
  for (const version of await listDatasetVersions(store, TENANT, NAME)) {
    const manifest = await readDatasetManifest(store, TENANT, NAME, version);
    if (manifest === null) continue;
    visible++;
    expect(await readReport(store, TENANT, NAME, version), when).toMatchObject({ version });
    for (const { parts, rows } of Object.values(manifest.splits)) {
      expect(
        parts.reduce((sum, part) => sum + part.rows, 0),
        when,
      ).toBe(rows);
      for (const part of parts) {
        const found = await store.get(`${datasetVersionPrefix(TENANT, NAME, version)}${part.path}`);
        if (found.kind === 'missing') expect.fail(`${when}: ${part.path} is missing`);
        const bytes = await found.bytes();
        expect(await sha256Hex(bytes), when).toBe(part.sha256);
        expect(
          new TextDecoder()
            .decode(await gunzip(bytes))
            .trimEnd()
            .split('\n'),
          when,
        ).toHaveLength(part.rows);
      }
    }
  }
  expect(visible, when).toBeLessThanOrEqual(1);
}

/** In the end nothing is left of the work but the plan and the state. */
async function judgeRest(world: World, when: string): Promise<void> {
  await judge(world, when);
  world.advance(4 * MINUTE_MS);
  await tick(world.deps);
  const left = [
    ...(await listBlobs(world.deps.store, `tenants/${TENANT}/preparations/`)),
    ...(await listBlobs(world.deps.store, `tenants/${TENANT}/preparing/`)),
  ].map(({ key }) => key.slice(key.lastIndexOf('/') + 1));
  expect(left, when).toEqual(['plan.json', 'state.json']);
}

async function tickAnHour(world: World): Promise<void> {
  for (let minute = 0; minute < 60; minute++) {
    world.advance(MINUTE_MS);
    await tick(world.deps);
  }
}

async function roughly(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!(error instanceof StorageError || error instanceof QueueError)) throw error;
  });
}

/** The world as a process sees it that is killed after some calls, or not. */
function rough({ deps }: World, random: Random): PrepareDeps {
  const { store } = killing(deps.store, random.below(60), random.below(2) === 0);
  const queue = {
    send: (messages: readonly PrepareMessage[]) =>
      random.below(5) === 0 ? Promise.reject(new QueueError('send')) : deps.queue.send(messages),
  };
  return { ...deps, store, queue };
}

/** Each call waits for a while, so that others come in between. */
function slow({ deps }: World, random: Random): PrepareDeps {
  const wait = async () => {
    for (let turn = random.below(6); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...deps, store: guarding(deps.store, async (effect) => wait().then(effect)) };
}

/** A store that answers nobody from this call on: that call's effect has happened, or not. */
function killing(store: BlobStore, at: number, isDone: boolean): { store: BlobStore; calls: () => number } {
  let calls = 0;
  const guarded = async <T>(effect: () => Promise<T>): Promise<T> => {
    calls++;
    if (calls < at) return effect();
    if (calls === at && isDone) await effect();
    throw new StorageError('call', 'of a killed Worker');
  };
  return { store: guarding(store, guarded), calls: () => calls };
}

function guarding(store: BlobStore, guarded: <T>(effect: () => Promise<T>) => Promise<T>): BlobStore {
  return {
    get: (key, range) => guarded(() => store.get(key, range)),
    head: (key) => guarded(() => store.head(key)),
    put: (key, body, condition) => guarded(() => store.put(key, body, condition)),
    list: (query) => guarded(() => store.list(query)),
    delete: (key) => guarded(() => store.delete(key)),
  };
}
