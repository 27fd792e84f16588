import { listTenants } from '../../shared/customer/tenants.ts';
import { describeError, type Log } from '../../shared/http/request-log.ts';
import { type RebuildDeps, rebuildRecommender } from './rebuild.ts';

/** Events come all the time, and to see whether they changed anything costs a listing: both wait so long. */
const INTERVAL_SECONDS = 600;

/** Rebuilds what new events ask for: the first pack of a tenant at once, later ones at most every ten minutes. */
export async function tick(deps: RebuildDeps & { readonly log: Log }): Promise<void> {
  for (const tenant of await listTenants(deps.store)) {
    try {
      await tickTenant(deps, tenant);
    } catch (error) {
      deps.log({ event: 'incident', what: `the rebuild for tenant ${tenant} failed`, error: describeError(error) });
    }
  }
}

async function tickTenant(deps: RebuildDeps, tenant: string): Promise<void> {
  const counter = `recommender-rebuilt/${tenant}`;
  if ((await deps.coordinator.increment(counter, 0, INTERVAL_SECONDS)).value > 0) return;
  const outcome = await rebuildRecommender(deps, tenant);
  // A tenant that has nothing to learn from yet is looked at each minute: the first events must not wait.
  if (outcome.ok && outcome.value.kind !== 'nothing-to-learn') {
    await deps.coordinator.increment(counter, 1, INTERVAL_SECONDS);
  }
}
