import { utcDate } from '../../shared/customer/customer-keys.ts';
import { idempotencyPrefix } from '../../shared/http/idempotency.ts';
import type { CollectDeps } from './deps.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days back of which answers are looked for, after those that may still be asked for. */
const FIRST_DAY = 2;
const LAST_DAY = 5;
const MAX_DELETED = 500;

/** Removes answers kept for an `Idempotency-Key` that can't come again. */
export async function removeOldAnswers(deps: CollectDeps, tenant: string, nowMs: number): Promise<void> {
  for (let daysBack = FIRST_DAY; daysBack <= LAST_DAY; daysBack++) {
    const prefix = idempotencyPrefix(tenant, utcDate(nowMs - daysBack * DAY_MS));
    const { blobs } = await deps.store.list({ prefix, limit: MAX_DELETED });
    for (const { key } of blobs) await deps.store.delete(key);
  }
}
