import { expect, test } from 'vitest';
import { tick } from '../../functions/rebuild/tick.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { purchase, putEventPart, shopEvents } from '../support/shop-events.ts';

const MINUTE_MS = 60_000;
const PRODUCTION = { name: 'own', alias: 'production' };

test('the first events are learned by the next tick, later ones within ten minutes', async () => {
  const { store, minute, version } = start();
  await store.put('tenants/acme/policy.json', new Uint8Array(0));
  await minute();
  expect(await version()).toBeNull();
  await putEventPart(store, shopEvents(), '2026-05-01');
  await minute();
  const first = await version();
  expect(first).not.toBeNull();
  await putEventPart(store, [purchase('late', 'late customer', 'tea 1', 100)], '2026-05-02');
  await minute();
  expect(await version()).toBe(first);
  for (let passed = 0; passed < 10; passed++) await minute();
  expect(await version()).not.toBe(first);
});

test('a tenant whose model is up to date is looked at every ten minutes, not each minute', async () => {
  const { store, minute, lists } = start();
  await putEventPart(store, shopEvents(), '2026-05-01');
  for (let passed = 0; passed < 11; passed++) await minute();
  const before = lists();
  for (let passed = 0; passed < 60; passed++) await minute();
  expect(lists() - before).toBe(6);
});

function start() {
  const clock = createFakeClock(Date.UTC(2026, 5, 1));
  const store = createMemoryBlobStore();
  let lists = 0;
  const counted: BlobStore = {
    ...store,
    list: (query) => {
      if (query.prefix.includes('/events/')) lists++;
      return store.list(query);
    },
  };
  let ids = 0;
  const deps = {
    store: counted,
    // Work gives others a turn, which must not wait for time to pass.
    clock: { ...clock, sleep: async () => {} },
    coordinator: createMemoryCoordinator(clock),
    newId: () => `id-${ids++}`,
    log: (record: unknown) => {
      throw new Error(JSON.stringify(record));
    },
  };
  return { store, lists: () => lists, minute: () => aMinute(clock, deps), version: () => served(store) };
}

async function aMinute(clock: FakeClock, deps: Parameters<typeof tick>[0]): Promise<void> {
  await clock.advance(MINUTE_MS);
  await tick(deps);
}

async function served(store: BlobStore): Promise<string | null> {
  const located = await createRegistry(store).resolve('acme', PRODUCTION);
  return located.ok ? located.value.version : null;
}
