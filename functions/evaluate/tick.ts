import { listTenants } from '../../shared/customer/tenants.ts';
import { describeError } from '../../shared/http/request-log.ts';
import type { EvaluateDeps } from './deps.ts';
import { removeDue } from './remove.ts';
import { requeueOpen } from './requeue.ts';

/** What can wait is done in the first minute of each quarter of an hour: a listing a tenant. */
const MAINTENANCE_MINUTES = 15;
const MINUTE_MS = 60 * 1000;

/**
 * What is to be done by the clock for each tenant: what got lost of its evaluations is queued again, old ones are deleted. Two ticks at once
 * do no harm: what they write is conditional, and what they queue or delete may be so twice.
 */
export async function tick(deps: EvaluateDeps): Promise<void> {
  const nowMs = deps.clock.now();
  for (const tenant of await listTenants(deps.store)) {
    try {
      await requeueOpen(deps, tenant, nowMs);
      if (Math.floor(nowMs / MINUTE_MS) % MAINTENANCE_MINUTES === 0) await removeDue(deps, tenant, nowMs);
    } catch (error) {
      const what = `the tick for the evaluations of tenant ${tenant} failed`;
      deps.log({ event: 'incident', what, error: describeError(error) });
    }
  }
}
