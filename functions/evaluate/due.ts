import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { utcDate } from '../../shared/core/utc-date.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** An evaluation is kept for so long after it was begun. */
export const KEPT_MS = 30 * DAY_MS;
/** Its parts are kept for so long: enough to see what went wrong. */
const PARTS_KEPT_MS = DAY_MS;

/** `tenants/{tenant}/evaluations/due/{date}/{id}-{what}`: on that day `parts`, or `all`, of an evaluation may go. */
export interface Due {
  readonly key: string;
  readonly id: string;
  readonly what: 'parts' | 'all';
}

const NAME = /\/(\d{4}-\d{2}-\d{2})\/([0-9a-f]{32})-(parts|all)$/;

/** Written before the evaluation itself: nothing is stored that is not to go one day. */
export async function writeDue(store: BlobStore, tenant: string, id: string, begunAtMs: number): Promise<void> {
  await put(store, tenant, id, 'parts', begunAtMs + PARTS_KEPT_MS);
  await put(store, tenant, id, 'all', begunAtMs + KEPT_MS);
}

/** Parts of an evaluation that is not done are looked at again in as long as they are kept. */
export async function postponeParts(store: BlobStore, tenant: string, id: string, nowMs: number): Promise<void> {
  await put(store, tenant, id, 'parts', nowMs + PARTS_KEPT_MS);
}

/** What may go by now, at most so many; the earliest first, as keys begin with the day. */
export async function listDue(store: BlobStore, tenant: string, nowMs: number, limit: number): Promise<Due[]> {
  const { blobs } = await store.list({ prefix: duePrefix(tenant), limit });
  return blobs.flatMap(({ key }) => {
    const [, date = '', id = '', what] = NAME.exec(key) ?? [];
    return what !== undefined && date <= utcDate(nowMs) ? [{ key, id, what: what as Due['what'] }] : [];
  });
}

/** The day after the one in which the time is up, so that it is up whatever the hour. */
async function put(store: BlobStore, tenant: string, id: string, what: Due['what'], atMs: number): Promise<void> {
  const key = `${duePrefix(tenant)}${utcDate(atMs + DAY_MS)}/${id}-${what}`;
  await store.put(key, toJsonBytes({ schemaVersion: 1 }), { ifNoneMatch: '*' });
}

function duePrefix(tenant: string): string {
  return `tenants/${tenant}/evaluations/due/`;
}
