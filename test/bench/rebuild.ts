/**
 * What rebuilding a tenant's own recommender costs and gives, by the number of items that are solved together: the orders of
 * uci-online-retail as parts of 500 events in memory, and made-up events as many as a Worker takes.
 *
 * EDGEMARK_DATA=../shared/data node --expose-gc test/bench/rebuild.ts
 *
 * CPU time is this process's own, with gunzip and parsing in it. Live memory is the largest that a forced collection left at the
 * turns that the rebuild gives, over what was there before; that costs time, so time is measured in a second run.
 */

import { setTimeout } from 'node:timers/promises';
import { type RebuildDeps, rebuildRecommender, WORKER_LIMITS } from '../../functions/rebuild/rebuild.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { readManifest } from '../../shared/model/pack.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { createRandom } from '../support/random.ts';
import { readRetailOrders } from '../support/retail-orders.ts';
import { purchase, putEventPart } from '../support/shop-events.ts';

const PART_EVENTS = 500;
const DAY_MS = 86_400_000;
const collectGarbage = globalThis.gc;
if (!collectGarbage) throw new Error('run it with --expose-gc');

interface Purchase {
  readonly customer: string;
  readonly itemId: string;
  readonly atMs: number;
}

const orders = readRetailOrders(process.env['EDGEMARK_DATA'] ?? '');
console.log('| events | items | solved together | CPU s | live MB | pack MB | nDCG@10 (95 %) | popularity |');
console.log('|---|---|---|---|---|---|---|---|');
for (const maxSolvedItems of [1, 500, 1000, 1500, 2000, 4000]) console.log(await measure(orders, { maxSolvedItems }));
console.log(await measure(madeUp(500_000, 100_000, 20_000), {}));

async function measure(purchases: readonly Purchase[], changes: Partial<typeof WORKER_LIMITS>): Promise<string> {
  const limits = { ...WORKER_LIMITS, ...changes };
  const store = await storeOf(purchases);
  // The memory of buffers is given back some time after their collection.
  liveBytes();
  await setTimeout(200);
  const startBytes = liveBytes();
  let mostBytes = startBytes;
  const watch = async () => {
    mostBytes = Math.max(mostBytes, liveBytes());
  };
  await rebuiltManifest(depsOf(store, watch), limits);
  await deletePacks(store);
  const before = process.cpuUsage();
  const manifest = await rebuiltManifest(
    depsOf(store, async () => {}),
    limits,
  );
  const cpuSeconds = process.cpuUsage(before).user / 1e6;
  const [model, popularity] = manifest.metrics;
  const solved = Math.min(limits.maxSolvedItems, manifest.recommender?.itemCount ?? 0);
  const packBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return [
    '',
    purchases.length,
    manifest.recommender?.itemCount,
    solved,
    cpuSeconds.toFixed(1),
    ((mostBytes - startBytes) / 1e6).toFixed(0),
    (packBytes / 1e6).toFixed(2),
    `${model?.value.toFixed(4)} (${model?.interval?.map((value) => value.toFixed(3)).join('–')})`,
    popularity?.value.toFixed(4),
    '',
  ]
    .join(' | ')
    .trim();
}

async function rebuiltManifest(deps: RebuildDeps, limits: typeof WORKER_LIMITS) {
  const rebuilt = await rebuildRecommender(deps, 'acme', limits);
  if (!rebuilt.ok || rebuilt.value.kind !== 'rebuilt') throw new Error(JSON.stringify(rebuilt));
  const location = { root: tenantModelsRoot('acme'), name: 'own', version: rebuilt.value.version };
  const manifest = await readManifest(deps.store, location);
  if (!manifest.ok || !manifest.value) throw new Error('no manifest');
  return manifest.value;
}

function depsOf(store: BlobStore, turn: () => Promise<void>): RebuildDeps {
  const clock = { now: () => Date.UTC(2026, 5, 1), sleep: turn };
  let ids = 0;
  return { store, clock, coordinator: createMemoryCoordinator(clock), newId: () => `id ${++ids}` };
}

async function deletePacks(store: BlobStore): Promise<void> {
  for (const { key } of await listBlobs(store, tenantModelsRoot('acme'))) await store.delete(key);
}

async function storeOf(purchases: readonly Purchase[]): Promise<BlobStore> {
  const store = createMemoryBlobStore();
  for (let start = 0; start < purchases.length; start += PART_EVENTS) {
    const part = purchases.slice(start, start + PART_EVENTS).map(({ customer, itemId, atMs }, n) => {
      const at = new Date(atMs).toISOString();
      return { ...purchase(`order line ${start + n}`, customer, itemId, 0), at };
    });
    await putEventPart(store, part, '2026-01-01');
  }
  return store;
}

/** Some customers and some items are far more frequent than others, as in shops; who buys what is otherwise by chance. */
function madeUp(events: number, customers: number, items: number): Purchase[] {
  const random = createRandom(1);
  const skewed = (count: number): number => Math.floor(count * (random.below(1e9) / 1e9) ** 2.5);
  return Array.from({ length: events }, (_, n) => ({
    customer: skewed(customers).toString(16).padStart(32, '0'),
    itemId: `item ${skewed(items)}`,
    atMs: Date.UTC(2025, 0, 1) + Math.floor((n / events) * 365 * DAY_MS),
  }));
}

function liveBytes(): number {
  collectGarbage?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
