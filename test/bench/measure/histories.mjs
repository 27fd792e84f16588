import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadClosedLoop } from '../load/closed-loop.mjs';
import { countErrors, loadByWrk } from '../load/wrk.mjs';
import { WORK } from '../support/paths.mjs';
import { readMemory } from '../support/processes.mjs';
import { medians } from './median.mjs';

const MANY = 8;
const WARM_UP_SECONDS = 4;
const HISTORY = 50;
export const K = 10;
/** Name of the pack; peers ignore it. */
export const MODEL = 'films';

/** The calls of the load: histories of 50 real users each, and the first of them as a list of ids. */
export function writeHistories(users) {
  const long = users.filter(({ history }) => history.length >= HISTORY);
  const bodies = long.map(({ history }) => toBody(history.slice(0, HISTORY)));
  const bodiesPath = join(WORK, 'histories.txt');
  writeFileSync(bodiesPath, `${bodies.join('\n')}\n`);
  return { bodies, bodiesPath, first: long[0].history.slice(0, HISTORY), byUser: writeUsers(long) };
}

function writeUsers(users) {
  const bodies = users.map(({ user }) => toUserBody(user));
  const bodiesPath = join(WORK, 'users.txt');
  writeFileSync(bodiesPath, `${bodies.join('\n')}\n`);
  return { bodies, bodiesPath };
}

export function toBody(history) {
  return JSON.stringify({ model: MODEL, history, k: K });
}

/** The body for a server that knows users by their number. */
export function toUserBody(user) {
  return JSON.stringify({ user, k: K });
}

/**
 * Rounds over all servers in turn, as for texts: one connection and eight in a closed loop for p50 and p99, eight by wrk for the
 * rate. A server with bodies of its own gets those.
 * @param {Record<string, {port: number, path: string, contentType: string, authorization: string, pid: number}>} servers
 */
export async function measureHistories(servers, histories, { rounds, seconds }, say) {
  for (const server of Object.values(servers)) await rate(server, callsOf(server, histories), WARM_UP_SECONDS);
  const records = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(servers);
    for (const name of names.map((_, index) => names[(index + round) % names.length])) {
      say(`round ${round + 1} of ${rounds}: ${name}`);
      records[name].push(await measureOnce(servers[name], callsOf(servers[name], histories), seconds));
    }
  }
  return Object.fromEntries(
    Object.entries(records).map(([name, list]) => [
      name,
      { ...medians(list), ...readMemory(servers[name].pid), rounds: list },
    ]),
  );
}

function callsOf({ calls, knowsUsers }, histories) {
  return calls ?? (knowsUsers ? histories.byUser : histories);
}

async function measureOnce(server, { bodies, bodiesPath }, seconds) {
  const one = await loadClosedLoop(server, { bodies, connections: 1, seconds });
  const many = await loadClosedLoop(server, { bodies, connections: MANY, seconds });
  const load = await rate(server, { bodiesPath }, seconds);
  return {
    oneP50Ms: one.p50Ms,
    oneP99Ms: one.p99Ms,
    manyP50Ms: many.p50Ms,
    manyP99Ms: many.p99Ms,
    requestsPerSecond: load.requestsPerSecond,
    failures: one.failures + many.failures + load.failed,
  };
}

async function rate(server, { bodiesPath }, seconds) {
  const load = await loadByWrk(server, { bodiesPath, connections: MANY, seconds });
  return { requestsPerSecond: load.requestsPerSecond, failed: countErrors(load.errors) };
}
