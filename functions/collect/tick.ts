import { listTenants } from '../../shared/customer/tenants.ts';
import { describeError } from '../../shared/http/request-log.ts';
import { compactParts } from './compact.ts';
import type { CollectDeps } from './deps.ts';
import { readProgress, writeProgress } from './progress.ts';
import { removeOldAnswers, removeOldSnapshots } from './remove-old.ts';
import { requeueParts } from './requeue.ts';
import { rewriteErased } from './rewrite-erased.ts';

/** One tick at a time works for a tenant; one that was cut off holds up the next ones for so long. */
const LEASE_SECONDS = 240;
/** What costs listings and can wait is done this often. */
const MAINTENANCE_MS = 15 * 60 * 1000;

/** What is to be done by the clock: for each tenant what nobody acknowledged is queued again, and its parts are kept in order. */
export async function tick(deps: CollectDeps): Promise<void> {
  for (const tenant of await listTenants(deps.store)) {
    try {
      await tickTenant(deps, tenant);
    } catch (error) {
      deps.log({ event: 'incident', what: `the tick for tenant ${tenant} failed`, error: describeError(error) });
    }
  }
}

async function tickTenant(deps: CollectDeps, tenant: string): Promise<void> {
  const owner = deps.newId();
  const lease = `collect/tick/${tenant}`;
  if ((await deps.coordinator.claim(lease, owner, LEASE_SECONDS)).kind === 'taken') return;
  try {
    const read = await readProgress(deps.store, tenant);
    const now = deps.clock.now();
    const requeued = await requeueParts(deps, tenant, read.progress, now);
    // A clock that was set back must not put it off for long.
    const isDue = Math.abs(now - (read.progress.maintainedAtMs ?? 0)) >= MAINTENANCE_MS;
    if (isDue) {
      await compactParts(deps, tenant, now);
      await rewriteErased(deps, tenant);
      await removeOldAnswers(deps, tenant, now);
      await removeOldSnapshots(deps, tenant, now);
    }
    const progress = isDue ? { ...requeued, maintainedAtMs: now } : requeued;
    await writeProgress(deps, tenant, read, progress);
  } finally {
    await deps.coordinator.release(lease, owner);
  }
}
