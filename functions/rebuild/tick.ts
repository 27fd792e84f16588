import { listTenants } from '../../shared/customer/tenants.ts';
import { describeError, type Log } from '../../shared/http/request-log.ts';
import { type RebuildDeps, rebuildRecommender } from './rebuild.ts';

/** Events come all the time; a rebuild that follows each of them would never end. */
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
  if (outcome.ok && outcome.value.kind === 'rebuilt') {
    await deps.coordinator.increment(counter, 1, INTERVAL_SECONDS);
  }
}
