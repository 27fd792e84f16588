import { listTenants } from '../../shared/customer/tenants.ts';
import { describeError } from '../../shared/http/request-log.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { advance } from './advance.ts';
import type { TrainDeps } from './deps.ts';
import { openJobsPrefix } from './job-keys.ts';

/** Looks after every job that is under way: what was answered, what is overdue, what is to be handed over. */
export async function tick(deps: TrainDeps): Promise<void> {
  for (const tenant of await listTenants(deps.store)) {
    const prefix = openJobsPrefix(tenant);
    for (const { key } of await listBlobs(deps.store, prefix)) {
      const id = key.slice(prefix.length);
      try {
        await advance(deps, tenant, id);
      } catch (error) {
        deps.log({ event: 'incident', what: `job ${id} of ${tenant} could not go on`, error: describeError(error) });
      }
    }
  }
}
