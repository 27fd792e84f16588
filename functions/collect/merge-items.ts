import { gzip } from '../../shared/core/gzip.ts';
import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import {
  applyItemUpdates,
  type CatalogueSnapshot,
  type ItemUpdate,
  MAX_CATALOGUE_ITEMS,
} from '../../shared/customer/catalogue.ts';
import { readCataloguePointer, readSnapshot } from '../../shared/customer/catalogue-reader.ts';
import { cataloguePointerKey, catalogueSnapshotKey } from '../../shared/customer/customer-keys.ts';
import { readPart } from '../../shared/customer/parts.ts';
import type { PutCondition } from '../../shared/ports/blob-store.ts';
import type { CollectDeps } from './deps.ts';
import { writeUntilWritten } from './write-until-written.ts';

/**
 * Puts the items of these parts into the tenant's catalogue: a new snapshot, then the pointer to it, if nobody else moved that
 * meanwhile. False where others did at every try.
 */
export async function mergeItems(deps: CollectDeps, tenant: string, partKeys: readonly string[]): Promise<boolean> {
  const updates: ItemUpdate[] = [];
  for (const key of partKeys) {
    // A part that is gone went into the catalogue before.
    for (const update of (await readPart<ItemUpdate>(deps.store, key)) ?? []) updates.push(update);
  }
  let known: CatalogueSnapshot | null = null;
  const isMerged = await writeUntilWritten(deps.clock, async () => {
    const pointer = await readCataloguePointer(deps.store, tenant);
    known = await readSnapshot(deps.store, tenant, pointer.revision, known);
    const before = known?.items ?? [];
    const items = bounded(deps, applyItemUpdates(before, updates));
    if (JSON.stringify(items) === JSON.stringify(before)) return { value: true, written: 'nothing-to-write' };
    const snapshot: CatalogueSnapshot = { schemaVersion: 1, revision: `${deps.clock.now()}-${deps.newId()}`, items };
    return { value: true, written: await writeSnapshot(deps, tenant, snapshot, pointer.condition) };
  });
  return isMerged ?? false;
}

/** The newest items, where a tenant tells of more than a snapshot holds. */
function bounded(deps: CollectDeps, items: CatalogueSnapshot['items']): CatalogueSnapshot['items'] {
  if (items.length <= MAX_CATALOGUE_ITEMS) return items;
  deps.log({
    event: 'incident',
    what: `a catalogue has more than ${MAX_CATALOGUE_ITEMS} items; the oldest are left out`,
  });
  return [...items]
    .sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt) || (a.itemId < b.itemId ? -1 : 1))
    .slice(0, MAX_CATALOGUE_ITEMS)
    .sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
}

async function writeSnapshot(
  deps: CollectDeps,
  tenant: string,
  snapshot: CatalogueSnapshot,
  condition: PutCondition,
): ReturnType<CollectDeps['store']['put']> {
  const body = await gzip(toJsonBytes(snapshot));
  await deps.store.put(catalogueSnapshotKey(tenant, snapshot.revision), body);
  const pointer = {
    schemaVersion: 1,
    revision: snapshot.revision,
    updatedAt: new Date(deps.clock.now()).toISOString(),
  };
  return deps.store.put(cataloguePointerKey(tenant), toJsonBytes(pointer), condition);
}
