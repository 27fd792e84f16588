import { countErrors, loadByWrk } from '../load/wrk.mjs';
import { readMemory } from '../support/processes.mjs';

/** One long load at eight connections: how many requests failed, by kind, and what memory it took. */
export async function soak(server, bodies, seconds) {
  const load = await loadByWrk(server, { bodiesPath: bodies[1].bodiesPath, connections: 8, seconds });
  const { requests, requestsPerSecond, p99Ms, maxMs, errors } = load;
  return {
    seconds,
    requests,
    requestsPerSecond,
    p99Ms,
    maxMs,
    failed: countErrors(errors),
    errors,
    ...readMemory(server.pid),
  };
}
