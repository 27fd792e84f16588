/**
 * A pack in one process without HTTP: memory, the time of a run of the graph, and of a whole request as the function answers it.
 * Prints JSON: bytes and milliseconds, medians over calls. Arguments: the pack's folder, the calls.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../../../functions/recommend/app.ts';
import { createAssortments } from '../../../functions/recommend/assortment.ts';
import { createNodeOnnxEngine } from '../../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../../shared/adapters/memory/memory-blob-store.ts';
import { createSystemClock } from '../../../shared/adapters/web/system-clock.ts';
import { poolRandom } from '../../../shared/core/random-pool.ts';
import { createArmsReader } from '../../../shared/customer/arms-reader.ts';
import { createCatalogueReader } from '../../../shared/customer/catalogue-reader.ts';
import { createHttpDeps } from '../../../shared/http/deps.ts';
import { packPrefix } from '../../../shared/model/model-keys.ts';
import { createPackServing } from '../../../shared/model/pack-serving.ts';
import { loadRecommenderModel } from '../../../shared/model/recommender-model.ts';
import { medians } from './median.mjs';

const [, , pack = '', calls = '2000'] = process.argv;
const HISTORY = 50;
const K = 10;
const API_KEY = 'em_bench-of-the-parts';

const { name, version, files } = JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8'));
const store = await fillStore();
const engine = await createNodeOnnxEngine();
const heapBefore = usedHeap();
const startedAt = performance.now();
const loaded = await loadRecommenderModel(store, engine, { root: 'models', name, version });
if (!loaded.ok) throw new Error(loaded.failure.detail);
const model = loaded.value;
const loadMs = performance.now() - startedAt;
const itemsHeapBytes = usedHeap() - heapBefore;
const app = createFunction();

const records = [];
for (let call = 0; call < Number(calls); call++)
  records.push({ runMs: await run(call), requestMs: await request(call) });
const warm = records.slice(records.length / 2);
console.log(
  JSON.stringify({
    items: model.items.count,
    graphBytes: files.find((file) => file.path.endsWith('.onnx')).sizeBytes,
    wasmHeapBytes: engine.heapBytes(),
    itemsHeapBytes,
    loadMs,
    ...medians(warm),
  }),
);

function historyOf(call) {
  return Array.from({ length: HISTORY }, (_, i) => (call * 7919 + i * 104_729) % model.items.count);
}

async function run(call) {
  const historyIds = [...new Set(historyOf(call))];
  const started = performance.now();
  await model.rank({
    historyIds,
    historyWeights: historyIds.map(() => 1),
    historyBias: historyIds.map(() => Number.NEGATIVE_INFINITY),
    itemBias: null,
    k: K,
  });
  return performance.now() - started;
}

async function request(call) {
  const history = historyOf(call).map((index) => model.items.ids[index]);
  const body = JSON.stringify({ model: name, history, k: K });
  const started = performance.now();
  const response = await app.request('/v1/recommend', {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body,
  });
  const answer = await response.json();
  if (answer.items?.length !== K) throw new Error(`answered by ${response.status}: ${answer.detail}`);
  return performance.now() - started;
}

function createFunction() {
  const clock = createSystemClock();
  return createApp({
    ...createHttpDeps(store, clock, 'failures'),
    background: () => {},
    store,
    clock,
    pseudonymizer: null,
    serving: createPackServing({ store, engine, clock, onRefreshFailed: () => {} }, async () => loaded),
    assortments: createAssortments(createCatalogueReader(store, clock)),
    arms: createArmsReader(store, clock),
    randomBytes: poolRandom((count) => crypto.getRandomValues(new Uint8Array(count))),
  });
}

async function fillStore() {
  const filled = createMemoryBlobStore();
  for (const path of ['manifest.json', ...files.map((file) => file.path)]) {
    await filled.put(packPrefix('models', name, version) + path, new Uint8Array(readFileSync(join(pack, path))));
  }
  const alias = { schemaVersion: 1, revision: '1', alias: 'production', version, updatedAt: new Date().toISOString() };
  await filled.put(`models/${name}/aliases/production.json`, Buffer.from(JSON.stringify(alias)));
  const hash = createHash('sha256').update(API_KEY).digest('hex');
  const id = `sha256-${hash.slice(0, 24)}`;
  const record = { schemaVersion: 1, revision: '1', id, tenant: 'bench', hash, scopes: ['*'] };
  const limits = { requestsPerMinute: 1_000_000_000 };
  const key = { ...record, limits, createdAt: new Date().toISOString() };
  await filled.put(`keys/${id}.json`, Buffer.from(JSON.stringify(key)));
  return filled;
}

/** After a full collection, where Node was started with --expose-gc. */
function usedHeap() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
