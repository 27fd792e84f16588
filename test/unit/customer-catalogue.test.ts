import { describe, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { gzip } from '../../shared/core/gzip.ts';
import { applyItemUpdates, type CatalogueSnapshot } from '../../shared/customer/catalogue.ts';
import { createCatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import { cataloguePointerKey, catalogueSnapshotKey } from '../../shared/customer/customer-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { utf8 } from '../support/utf8.ts';

const [FIRST, SECOND] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];

describe('a catalogue', () => {
  test('has the newest word on each item, whatever comes first', () => {
    const old = { itemId: 'mug', title: 'Mug', price: 4, receivedAt: FIRST };
    const young = { itemId: 'mug', title: 'Red mug', receivedAt: SECOND };
    const expected = [{ itemId: 'mug', title: 'Red mug', firstSeenAt: FIRST, updatedAt: SECOND }];
    expect(applyItemUpdates([], [old, young])).toEqual(expected);
    expect(applyItemUpdates(applyItemUpdates([], [young]), [old, old])).toEqual(expected);
  });

  test('chooses the same of two words of one moment', () => {
    const [a, b] = [
      { itemId: 'mug', price: 4, receivedAt: FIRST },
      { itemId: 'mug', price: 5, receivedAt: FIRST },
    ];
    expect(applyItemUpdates([], [a, b])).toEqual(applyItemUpdates([], [b, a]));
  });

  test('is read through its pointer, and again before an answer after 30 s', async () => {
    const [store, clock] = [createMemoryBlobStore(), createFakeClock()];
    const reader = createCatalogueReader(store, clock);
    expect(await reader.read('shop', () => {})).toBeNull();
    await publish(store, {
      schemaVersion: 1,
      revision: 'r1',
      items: applyItemUpdates([], [{ itemId: 'mug', receivedAt: FIRST }]),
    });
    expect(await reader.read('shop', () => {})).toBeNull();
    await clock.advance(30_000);
    const read = await reader.read('shop', () => {});
    expect(read?.items.map((item) => item.itemId)).toEqual(['mug']);
    await clock.advance(30_000);
    expect(await reader.read('shop', () => {})).toBe(read);
    await publish(store, { schemaVersion: 1, revision: 'r2', items: [] });
    await clock.advance(30_000);
    expect((await reader.read('shop', () => {}))?.items).toEqual([]);
  });
});

async function publish(store: BlobStore, snapshot: CatalogueSnapshot): Promise<void> {
  await store.put(catalogueSnapshotKey('shop', snapshot.revision), await gzip(utf8(JSON.stringify(snapshot))));
  const pointer = { schemaVersion: 1, revision: snapshot.revision, updatedAt: FIRST };
  await store.put(cataloguePointerKey('shop'), utf8(JSON.stringify(pointer)));
}
