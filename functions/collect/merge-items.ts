import { gzip } from '../../shared/core/gzip.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import {
  applyItemUpdates,
  CataloguePointerSchema,
  type CatalogueSnapshot,
  type ItemUpdate,
  MAX_CATALOGUE_ITEMS,
} from '../../shared/customer/catalogue.ts';
import { readCatalogue } from '../../shared/customer/catalogue-reader.ts';
import { cataloguePointerKey, catalogueSnapshotKey } from '../../shared/customer/customer-keys.ts';
import { readPart } from '../../shared/customer/parts.ts';
import type { PutCondition } from '../../shared/ports/blob-store.ts';
import type { CollectDeps } from './deps.ts';

const MAX_TRIES = 8;
const MAX_WAIT_SECONDS = 2;

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
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const pointer = await readPointer(deps, tenant);
    known = await readCatalogue(deps.store, tenant, known);
    // The pointer moved between the two reads: what was read is newer than the condition.
    if ((known?.revision ?? null) !== pointer.revision) continue;
    const items = bounded(deps, applyItemUpdates(known?.items ?? [], updates));
    if (JSON.stringify(items) === JSON.stringify(known?.items ?? [])) return true;
    const snapshot: CatalogueSnapshot = { schemaVersion: 1, revision: `${deps.clock.now()}-${deps.newId()}`, items };
    const written = await writeSnapshot(deps, tenant, snapshot, pointer.condition);
    if (written.kind === 'written') return true;
    if (written.kind === 'throttled') {
      await deps.clock.sleep(1000 * Math.min(written.retryAfterSeconds, MAX_WAIT_SECONDS));
    }
  }
  return false;
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

async function readPointer(
  deps: CollectDeps,
  tenant: string,
): Promise<{ readonly revision: string | null; readonly condition: PutCondition }> {
  const found = await deps.store.get(cataloguePointerKey(tenant));
  if (found.kind === 'missing') return { revision: null, condition: { ifNoneMatch: '*' } };
  const pointer = CataloguePointerSchema.parse(fromJsonBytes(await found.bytes()));
  return { revision: pointer.revision, condition: { ifMatch: found.etag } };
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
