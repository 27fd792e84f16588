import { describe, expect, test } from 'vitest';
import { type RebuildDeps, rebuildRecommender, WORKER_LIMITS } from '../../functions/rebuild/rebuild.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { gzip } from '../../shared/core/gzip.ts';
import { cataloguePointerKey, catalogueSnapshotKey, tombstoneKey } from '../../shared/customer/customer-keys.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { packPrefix } from '../../shared/model/model-keys.ts';
import { listMoves, moveAlias } from '../../shared/model/move-alias.ts';
import { readManifest, readPackFile } from '../../shared/model/pack.ts';
import { asRanking, loadRecommenderModel } from '../../shared/model/recommender-model.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { purchase, putEventPart, shopEvents } from '../support/shop-events.ts';
import { utf8 } from '../support/utf8.ts';

const ROOT = 'tenants/acme/models';
const NOW_MS = Date.UTC(2026, 5, 1);
const TODAY = '2026-05-01';

describe('a rebuild', () => {
  test('makes a pack that serves as the tenant’s own and recommends what goes together', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const rebuilt = await rebuildRecommender(deps, 'acme');
    expect(rebuilt).toMatchObject({ ok: true, value: { kind: 'rebuilt', events: 301, items: 10 } });
    const { location, manifest } = await production(deps);
    expect(location).toMatchObject({ root: ROOT, name: 'own' });
    expect(manifest).toMatchObject({
      task: 'recommendation',
      version: expect.stringMatching(/^2026-04-10-[0-9a-f]{12}$/),
      recommender: { itemCount: 10, items: 'items.json', trainedUntil: '2026-04-10T00:00:00.000Z' },
    });
    expect(await recommend(deps, 'tea 1')).toEqual(['tea 0', 'tea 2', 'tea 3', 'tea 4']);
  });

  test('says in the manifest how well the newest events are foretold, beside popularity', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    await rebuildRecommender(deps, 'acme');
    const { manifest } = await production(deps);
    expect(manifest.metrics.map(({ name, value, rows }) => [name, value === 1, rows])).toEqual([
      ['ndcg@10', true, 60],
      ['popularity_ndcg@10', false, 60],
    ]);
  });

  test('of the same events makes the same pack, however they are grouped into parts', async () => {
    const [a, b] = [createDeps(), createDeps()];
    await putEventPart(a.store, shopEvents(), TODAY);
    const backwards = shopEvents().reverse();
    await putEventPart(b.store, backwards.slice(0, 100), '2026-05-02');
    await putEventPart(b.store, backwards.slice(50), '2026-05-01');
    expect(await rebuiltVersion(b)).toBe(await rebuiltVersion(a));
    for (const path of ['items.json', 'onnx/model_quantized.onnx', 'README.md']) {
      expect(await fileOf(b, path)).toEqual(await fileOf(a, path));
    }
  });

  test('changes nothing while nothing has changed, and moves on when something has', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const version = await rebuiltVersion(deps);
    expect(await rebuildRecommender(deps, 'acme')).toEqual({ ok: true, value: { kind: 'unchanged', version } });
    await putEventPart(deps.store, shopEvents().slice(0, 10), '2026-05-09');
    expect(await rebuildRecommender(deps, 'acme')).toEqual({ ok: true, value: { kind: 'unchanged', version } });
    expect(await listMoves(deps.store, ROOT, 'own')).toHaveLength(1);
    await putEventPart(deps.store, [purchase('new', 'customer 1', 'tool 1', 101)], '2026-05-10');
    expect(await rebuiltVersion(deps)).not.toBe(version);
    expect((await listMoves(deps.store, ROOT, 'own')).map(({ from }) => from)).toEqual([null, version]);
  });

  test('leaves a pack of a training job in service', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const version = await rebuiltVersion(deps);
    await promoteTrained(deps, version, '9.0.0');
    await putEventPart(deps.store, [purchase('new', 'customer 1', 'tool 1', 101)], '2026-05-10');
    expect(await rebuildRecommender(deps, 'acme')).toEqual({
      ok: true,
      value: { kind: 'superseded', version: '9.0.0' },
    });
    expect((await production(deps)).location.version).toBe('9.0.0');
  });

  test('does not put itself over a pack that began to serve meanwhile', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const version = await rebuiltVersion(deps);
    await putEventPart(deps.store, [purchase('new', 'customer 1', 'tool 1', 101)], '2026-05-10');
    let isPromoted = false;
    const clock = {
      ...deps.clock,
      sleep: async () => {
        if (!isPromoted) await promoteTrained(deps, version, '9.0.0');
        isPromoted = true;
      },
    };
    const found = await rebuildRecommender({ ...deps, clock }, 'acme');
    expect(found).toMatchObject({ ok: false, failure: { kind: 'conflict' } });
    expect((await production(deps)).location.version).toBe('9.0.0');
  });

  test('makes a pack again that is gone', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const version = await rebuiltVersion(deps);
    await deps.store.delete(`${packPrefix(ROOT, 'own', version)}manifest.json`);
    expect(await rebuiltVersion(deps)).toBe(version);
    expect((await production(deps)).location.version).toBe(version);
  });

  test('runs once at a time for a tenant, and is free again after it ended or died', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const both = await Promise.all([rebuildRecommender(deps, 'acme'), rebuildRecommender(deps, 'acme')]);
    expect(both.map((found) => (found.ok ? found.value.kind : found.failure.kind)).sort()).toEqual([
      'conflict',
      'rebuilt',
    ]);
    expect(await rebuildRecommender(deps, 'acme')).toMatchObject({ ok: true, value: { kind: 'unchanged' } });
    await deps.coordinator.claim('recommender-rebuild/acme', 'one that died', 900);
    expect(await rebuildRecommender(deps, 'acme')).toMatchObject({ ok: false, failure: { kind: 'conflict' } });
    deps.pass(901_000);
    expect(await rebuildRecommender(deps, 'acme')).toMatchObject({ ok: true });
  });

  test('that lost its lease serves nothing', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    let isTaken = false;
    const clock = {
      ...deps.clock,
      sleep: async () => {
        if (isTaken) return;
        isTaken = true;
        deps.pass(901_000);
        await deps.coordinator.claim('recommender-rebuild/acme', 'another', 900);
      },
    };
    expect(await rebuildRecommender({ ...deps, clock }, 'acme')).toMatchObject({
      ok: false,
      failure: { kind: 'conflict' },
    });
    expect(await listMoves(deps.store, ROOT, 'own')).toEqual([]);
  });

  test('keeps five versions and what serves', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const versions = [await rebuiltVersion(deps)];
    for (let n = 1; n <= 6; n++) {
      await putEventPart(deps.store, [purchase(`new ${n}`, 'customer 1', 'tool 1', 101 + n)], `2026-05-1${n}`);
      versions.push(await rebuiltVersion(deps));
    }
    const there = await deps.store.list({ prefix: `${ROOT}/own/2026` });
    const folders = there.blobs.map(({ key }) => key.split('/')[4]);
    expect(new Set(folders)).toEqual(new Set(versions.slice(-5)));
  });
});

describe('what a rebuild learns from', () => {
  test('is nothing where there is nothing', async () => {
    const deps = createDeps();
    expect(await rebuildRecommender(deps, 'acme')).toEqual({ ok: true, value: { kind: 'nothing-to-learn' } });
    await putEventPart(deps.store, [{ ...purchase('a', 'u', 'x', 1), type: 'impression' }], TODAY);
    expect(await rebuildRecommender(deps, 'acme')).toEqual({ ok: true, value: { kind: 'nothing-to-learn' } });
    expect((await deps.store.list({ prefix: 'tenants/acme/models/' })).blobs).toEqual([]);
  });

  test('may be a single event: then popularity alone', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, [purchase('a', 'u', 'x', 1)], TODAY);
    await rebuildRecommender(deps, 'acme');
    const { manifest } = await production(deps);
    expect(manifest.metrics).toEqual([]);
    expect(await itemsOf(deps)).toEqual({ schemaVersion: 1, ids: ['x'], popularity: [1] });
    expect(await recommend(deps, 'x')).toEqual([]);
  });

  test('is not what erased customers did', async () => {
    const [deps, without] = [createDeps(), createDeps()];
    await putEventPart(deps.store, shopEvents(), TODAY);
    await deps.store.put(tombstoneKey('acme', 'customer 7'), utf8('{}'));
    await putEventPart(
      without.store,
      shopEvents().filter(({ user }) => user !== 'customer 7'),
      TODAY,
    );
    expect(await rebuiltVersion(deps)).toBe(await rebuiltVersion(without));
    expect(await accountOf(deps)).toMatchObject({ events: { erasedUsers: 5, learnedFrom: 296 } });
  });

  test('is anew when a customer is erased after a rebuild', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const before = await rebuiltVersion(deps);
    await deps.store.put(tombstoneKey('acme', 'customer 7'), utf8('{}'));
    expect(await rebuiltVersion(deps)).not.toBe(before);
  });

  test('are sessions where no customer is named; events of neither are counted', async () => {
    const [deps, named] = [createDeps(), createDeps()];
    const anonymous = shopEvents().map(({ user, ...rest }) => ({ ...rest, ...(user ? { sessionId: user } : {}) }));
    const { user: _, ...nobody } = purchase('nobody', '', 'tea 1', 1);
    await putEventPart(deps.store, [...anonymous, nobody], TODAY);
    await putEventPart(named.store, shopEvents(), TODAY);
    await rebuildRecommender(deps, 'acme');
    await rebuildRecommender(named, 'acme');
    expect(await fileOf(deps, 'onnx/model_quantized.onnx')).toEqual(await fileOf(named, 'onnx/model_quantized.onnx'));
    expect(await accountOf(deps)).toMatchObject({ events: { withoutUser: 1, learnedFrom: 301 } });
  });

  test('is not of the future: what a wrong clock dates ahead counts from its arrival', async () => {
    const deps = createDeps();
    const ahead = { ...purchase('ahead', 'customer 1', 'tea 1', 100), at: '2999-01-01T00:00:00Z' };
    await putEventPart(deps.store, [...shopEvents(), ahead], TODAY);
    expect(await rebuiltVersion(deps)).toMatch(/^2026-06-01-/);
  });

  test('is limited, and what was left out is told', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    await putEventPart(deps.store, [purchase('of an older day', 'customer 1', 'tool 1', 1)], '2026-01-01');
    const limits = { ...WORKER_LIMITS, maxParts: 1, maxEvents: 200, maxPackItems: 6, maxSolvedItems: 3 };
    await rebuildRecommender(deps, 'acme', limits);
    expect(await accountOf(deps)).toMatchObject({
      events: { events: 301, tooOld: 101, learnedFrom: 200, partsLeftOut: 1 },
      items: { droppedItems: 4, solvedItems: 3 },
    });
    expect((await production(deps)).manifest.recommender?.itemCount).toBe(6);
  });

  test('is named by the catalogue', async () => {
    const deps = createDeps();
    await putEventPart(deps.store, shopEvents(), TODAY);
    const at = '2026-01-01T00:00:00Z';
    const items = [
      { itemId: 'tea 1', title: 'A tea pot', categories: ['tea'], price: 9.5, firstSeenAt: at, updatedAt: at },
      { itemId: 'unsold', title: 'Nobody had it', firstSeenAt: at, updatedAt: at },
    ];
    const snapshot = { schemaVersion: 1, revision: 'r1', items };
    await deps.store.put(catalogueSnapshotKey('acme', 'r1'), await gzip(utf8(JSON.stringify(snapshot))));
    const pointer = { schemaVersion: 1, revision: 'r1', updatedAt: at };
    await deps.store.put(cataloguePointerKey('acme'), utf8(JSON.stringify(pointer)));
    await rebuildRecommender(deps, 'acme');
    const file = await itemsOf(deps);
    const place = (file['ids'] as string[]).indexOf('tea 1');
    expect((file['titles'] as string[])[place]).toBe('A tea pot');
    expect((file['categories'] as string[][])[place]).toEqual(['tea']);
    expect((file['prices'] as number[]).filter((price) => price !== null)).toEqual([9.5]);
    expect(file['ids']).not.toContain('unsold');
  });
});

interface TestDeps extends RebuildDeps {
  pass(milliseconds: number): void;
}

function createDeps(): TestDeps {
  let nowMs = NOW_MS;
  let ids = 0;
  const clock = { now: () => nowMs, sleep: async () => {} };
  return {
    store: createMemoryBlobStore(),
    clock,
    coordinator: createMemoryCoordinator(clock),
    newId: () => `id ${++ids}`,
    pass: (milliseconds) => {
      nowMs += milliseconds;
    },
  };
}

async function rebuiltVersion(deps: TestDeps): Promise<string> {
  const rebuilt = await rebuildRecommender(deps, 'acme');
  if (!rebuilt.ok || rebuilt.value.kind !== 'rebuilt') throw new Error(JSON.stringify(rebuilt));
  return rebuilt.value.version;
}

/** What a request for the tenant's own model is answered by. */
async function production({ store }: TestDeps) {
  const location = await createRegistry(store).resolve('acme', { name: 'own', alias: 'production' });
  if (!location.ok) throw new Error(location.failure.detail);
  const manifest = await readManifest(store, location.value);
  if (!manifest.ok || !manifest.value) throw new Error('no manifest');
  return { location: location.value, manifest: manifest.value };
}

async function fileOf(deps: TestDeps, path: string): Promise<Uint8Array> {
  const { location, manifest } = await production(deps);
  const bytes = await readPackFile(deps.store, location, manifest, path);
  if (!bytes.ok) throw new Error(bytes.failure.detail);
  return bytes.value;
}

async function itemsOf(deps: TestDeps): Promise<Record<string, unknown>> {
  return JSON.parse(new TextDecoder().decode(await fileOf(deps, 'items.json')));
}

async function accountOf(deps: TestDeps): Promise<unknown> {
  return (await production(deps)).manifest.lineage;
}

/** Ids of the items with positive scores for a history of one item, in order of their ids: as the function of recommending reads the pack. */
async function recommend(deps: TestDeps, itemId: string): Promise<string[]> {
  const engine = await createNodeOnnxEngine();
  const loaded = await loadRecommenderModel(deps.store, engine, (await production(deps)).location);
  const model = loaded.ok ? asRanking(loaded.value) : loaded;
  if (!model.ok) throw new Error(model.failure.detail);
  const { items, rank } = model.value;
  const index = items.indexOf(itemId) as number;
  const historyBias = [Number.NEGATIVE_INFINITY];
  const found = await rank({ historyIds: [index], historyWeights: [1], historyBias, itemBias: null, k: 10 });
  const best = Array.from(found.ids).filter((_, place) => (found.scores[place] as number) > 0);
  return best.map((id) => items.ids[id] as string).sort();
}

/** What a training job does when its pack is promoted. */
async function promoteTrained({ store, clock }: TestDeps, like: string, version: string): Promise<void> {
  const found = await readManifest(store, { root: ROOT, name: 'own', version: like });
  if (!found.ok || !found.value) throw new Error('no manifest');
  const manifest: Manifest = { ...found.value, version, lineage: { job: 'job 1' } };
  await store.put(`${packPrefix(ROOT, 'own', version)}manifest.json`, utf8(JSON.stringify(manifest)));
  const at = new Date(clock.now()).toISOString();
  const move = { root: ROOT, name: 'own', alias: 'production', to: version, by: 'a job', reason: 'better', at };
  await moveAlias(store, clock, { ...move, revision: 'trained' });
}
