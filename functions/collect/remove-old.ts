import { fromJsonBytes } from '../../shared/core/json-bytes.ts';
import { utcDate } from '../../shared/core/utc-date.ts';
import { CataloguePointerSchema } from '../../shared/customer/catalogue.ts';
import { cataloguePointerKey, catalogueSnapshotKey } from '../../shared/customer/customer-keys.ts';
import { idempotencyPrefix } from '../../shared/http/idempotency.ts';
import type { CollectDeps } from './deps.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days back of which answers are looked for, after those that may still be asked for. */
const FIRST_DAY = 2;
const LAST_DAY = 5;
const MAX_DELETED = 500;
/** Readers hold a revision for half a minute, and a merge under way writes a snapshot before the pointer to it. */
const SNAPSHOT_KEPT_MS = 60 * 60 * 1000;

/** Removes answers kept for an `Idempotency-Key` that can't come again. */
export async function removeOldAnswers(deps: CollectDeps, tenant: string, nowMs: number): Promise<void> {
  for (let daysBack = FIRST_DAY; daysBack <= LAST_DAY; daysBack++) {
    const prefix = idempotencyPrefix(tenant, utcDate(nowMs - daysBack * DAY_MS));
    const { blobs } = await deps.store.list({ prefix, limit: MAX_DELETED });
    for (const { key } of blobs) await deps.store.delete(key);
  }
}

/** Removes snapshots of the catalogue that were replaced; their names begin with the moment that made them. */
export async function removeOldSnapshots(deps: CollectDeps, tenant: string, nowMs: number): Promise<void> {
  const pointer = await deps.store.get(cataloguePointerKey(tenant));
  if (pointer.kind === 'missing') return;
  const { revision } = CataloguePointerSchema.parse(fromJsonBytes(await pointer.bytes()));
  const current = catalogueSnapshotKey(tenant, revision);
  const prefix = cataloguePointerKey(tenant).replace(/[^/]*$/, '');
  const { blobs } = await deps.store.list({ prefix, limit: MAX_DELETED });
  for (const { key } of blobs) {
    const madeMs = Number(/^(\d+)-.*\.json\.gz$/.exec(key.slice(prefix.length))?.[1] ?? Number.NaN);
    if (key !== current && madeMs < nowMs - SNAPSHOT_KEPT_MS) await deps.store.delete(key);
  }
}
