import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { utcDate } from '../../shared/core/utc-date.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { CollectDeps } from './deps.ts';

/** `privacy/pending/{id}.json`, schema version 1: lines of this erased customer are to be taken out of parts. */
const PendingErasureSchema = z.object({
  schemaVersion: z.literal(1),
  pseudonym: z.string(),
  erasedAt: z.iso.datetime(),
});

/** Marks that a walk over the parts answers, and the customers that they name. */
export interface PendingErasures {
  readonly marks: readonly string[];
  readonly erased: Readonly<Record<string, string>>;
}

/** What was done with a person's data, or is to be done with all persons' from then on, for the record; never changed. */
export type PrivacyRecord = {
  readonly requestId?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
} & (
  | { readonly kind: 'erased' | 'rewritten' | 'exported'; readonly pseudonym: string }
  | { readonly kind: 'policy-changed' }
);

/** Writes down that a person's data was erased or given out, or the policy changed: `privacy/records/dt=…/{moment}-{id}.json`. */
export async function recordPrivacy(deps: CollectDeps, tenant: string, record: PrivacyRecord): Promise<void> {
  const now = deps.clock.now();
  const key = `tenants/${tenant}/privacy/records/dt=${utcDate(now)}/${now}-${deps.newId()}.json`;
  await deps.store.put(key, toJsonBytes({ schemaVersion: 1, at: new Date(now).toISOString(), ...record }));
}

/** Asks the ticks to take the customer's lines of before `erasedAt` out of all parts that are there now. */
export async function markErasurePending(
  deps: Pick<CollectDeps, 'store' | 'newId'>,
  tenant: string,
  pseudonym: string,
  erasedAt: string,
): Promise<void> {
  const key = `${pendingPrefix(tenant)}${deps.newId()}.json`;
  await deps.store.put(key, toJsonBytes({ schemaVersion: 1, pseudonym, erasedAt }));
}

/** Customers whose lines are to be taken out; marks that come later are for the next walk. */
export async function readPendingErasures(store: BlobStore, tenant: string, limit: number): Promise<PendingErasures> {
  const { blobs } = await store.list({ prefix: pendingPrefix(tenant), limit });
  const marks: string[] = [];
  const erased: Record<string, string> = {};
  for (const { key } of blobs) {
    const found = await store.get(key);
    if (found.kind === 'missing') continue;
    const { pseudonym, erasedAt } = PendingErasureSchema.parse(fromJsonBytes(await found.bytes()));
    marks.push(key);
    if ((erased[pseudonym] ?? '') < erasedAt) erased[pseudonym] = erasedAt;
  }
  return { marks, erased };
}

function pendingPrefix(tenant: string): string {
  return `tenants/${tenant}/privacy/pending/`;
}
