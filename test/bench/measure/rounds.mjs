import { loadClosedLoop } from '../load/closed-loop.mjs';
import { countErrors, loadByWrk } from '../load/wrk.mjs';
import { readMemory } from '../support/processes.mjs';
import { medians } from './median.mjs';
import { BATCH_SIZES } from './texts.mjs';

const MANY = 8;
const WARM_UP_SECONDS = 5;

/**
 * Runs every load on every target, round by round, so that a noisy minute falls on all of them; gives medians over the rounds.
 * All servers run all the time and are idle but one.
 * @param {Record<string, {port: number, path: string, authorization: string, pid: number}>} servers
 */
export async function measureRounds(servers, bodies, { rounds, seconds }, say) {
  for (const server of Object.values(servers)) await warmUp(server, bodies);
  const records = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Each round begins with another target, so that none is always first.
    const names = Object.keys(servers);
    const order = names.map((_, index) => names[(index + round) % names.length]);
    for (const name of order) {
      say(`round ${round + 1} of ${rounds}: ${name}`);
      records[name].push(await measureOnce(servers[name], bodies, seconds));
    }
  }
  return Object.fromEntries(
    Object.entries(records).map(([name, list]) => [
      name,
      { ...medians(list), ...readMemory(servers[name].pid), rounds: list },
    ]),
  );
}

/** Until the compilers of the runtimes are done with what is called often; not counted. */
async function warmUp(server, bodies) {
  await loadClosedLoop(server, { bodies: bodies[1].bodies, connections: MANY, seconds: WARM_UP_SECONDS });
  await loadByWrk(server, { bodiesPath: bodies[256].bodiesPath, connections: 1, seconds: 1 });
}

async function measureOnce(server, bodies, seconds) {
  const single = bodies[1];
  const one = await loadClosedLoop(server, { bodies: single.bodies, connections: 1, seconds });
  const many = await loadClosedLoop(server, { bodies: single.bodies, connections: MANY, seconds });
  const record = {
    oneP50Ms: one.p50Ms,
    oneP99Ms: one.p99Ms,
    manyP50Ms: many.p50Ms,
    manyP99Ms: many.p99Ms,
    failures: one.failures + many.failures,
  };
  for (const size of BATCH_SIZES) {
    const load = await loadByWrk(server, { bodiesPath: bodies[size].bodiesPath, connections: MANY, seconds });
    record[`rowsPerSecond${size}`] = load.requestsPerSecond * size;
    record.failures += countErrors(load.errors);
    if (size === 1) record.wrkP99Ms = load.p99Ms;
  }
  return record;
}
