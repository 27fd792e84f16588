import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { rebuildRecommender } from '../../functions/rebuild/rebuild.ts';
import { createR2BlobStore } from '../../shared/adapters/cloudflare/r2-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { gzip } from '../../shared/core/gzip.ts';
import { eventPartKey } from '../../shared/customer/customer-keys.ts';
import { toNdjson } from '../../shared/customer/event.ts';
import { readManifest } from '../../shared/model/pack.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { purchase, putEventPart, shopEvents } from '../support/shop-events.ts';
import { utf8 } from '../support/utf8.ts';

test('a tenant’s own recommender is rebuilt in workerd from parts in R2, a damaged one among them', async () => {
  const store = createR2BlobStore({ bucket: env.BUCKET });
  await putEventPart(store, shopEvents(), '2026-05-02');
  const many = Array.from({ length: 3000 }, (_, n) => purchase(`late ${n}`, `late ${n % 90}`, `tea ${n % 5}`, 50));
  const cut = await gzip(utf8(toNdjson(many)));
  await store.put(eventPartKey('acme', '2026-05-01', '0'.repeat(64)), cut.slice(0, cut.length >> 1));
  const clock = { now: () => Date.UTC(2026, 5, 1), sleep: async () => {} };
  let ids = 0;
  const deps = { store, clock, coordinator: createMemoryCoordinator(clock), newId: () => `id ${++ids}` };
  expect(await rebuildRecommender(deps, 'acme')).toMatchObject({ ok: true, value: { kind: 'rebuilt', items: 10 } });
  expect(await rebuildRecommender(deps, 'acme')).toMatchObject({ ok: true, value: { kind: 'unchanged' } });
  const found = await createRegistry(store).resolve('acme', { name: 'own', alias: 'production' });
  const manifest = found.ok ? await readManifest(store, found.value) : found;
  expect(manifest).toMatchObject({ ok: true, value: { lineage: { events: { damagedParts: 1, badLines: 0 } } } });
});
