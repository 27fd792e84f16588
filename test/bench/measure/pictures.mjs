import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadClosedLoop } from '../load/closed-loop.mjs';
import { countErrors, loadByWrk } from '../load/wrk.mjs';
import { CACHE, WORK } from '../support/paths.mjs';
import { readMemory } from '../support/processes.mjs';
import { medians } from './median.mjs';

const MANY = 8;
const WARM_UP_SECONDS = 3;

/** The made pictures of a kind: their bytes, and a file of their paths for wrk. */
export function readPictures(kind) {
  const folder = join(CACHE, 'pictures', kind);
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const filesPath = join(WORK, `${kind}.txt`);
  writeFileSync(filesPath, `${paths.join('\n')}\n`);
  return { bodies: paths.map((path) => readFileSync(path)), filesPath };
}

/**
 * Rounds over all servers in turn, as for texts: one connection in a closed loop for p50 and p99, eight by wrk for the rate, with
 * pictures of a web shop's and of a telephone's size; then eight large progressive ones at once for the memory.
 * @param {Record<string, {port: number, path: string, contentType: string, authorization: string, pid: number}>} servers
 */
export async function measurePictures(servers, { rounds, seconds }, say) {
  const kinds = { web: readPictures('web'), phone: readPictures('phone') };
  for (const server of Object.values(servers)) await rate(server, kinds.web, WARM_UP_SECONDS);
  const records = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(servers);
    for (const name of names.map((_, index) => names[(index + round) % names.length])) {
      say(`round ${round + 1} of ${rounds}: ${name}`);
      records[name].push(await measureOnce(servers[name], kinds, seconds));
    }
  }
  const result = {};
  for (const [name, list] of Object.entries(records)) {
    const before = readMemory(servers[name].pid);
    const progressive = await rate(servers[name], readPictures('phone-progressive'), seconds * 2);
    result[name] = { ...medians(list), progressive, rssMib: before?.rssMib, ...peak(servers[name].pid), rounds: list };
  }
  return result;
}

async function measureOnce(server, { web, phone }, seconds) {
  const one = await loadClosedLoop(server, { bodies: web.bodies, connections: 1, seconds });
  const onePhone = await loadClosedLoop(server, { bodies: phone.bodies, connections: 1, seconds });
  const many = await rate(server, web, seconds);
  const manyPhone = await rate(server, phone, seconds);
  return {
    webP50Ms: one.p50Ms,
    webP99Ms: one.p99Ms,
    webPerSecond: many.requestsPerSecond,
    phoneP50Ms: onePhone.p50Ms,
    phonePerSecond: manyPhone.requestsPerSecond,
    failures: one.failures + onePhone.failures + many.failed + manyPhone.failed,
  };
}

async function rate(server, { filesPath }, seconds) {
  const load = await loadByWrk(server, { filesPath, connections: MANY, seconds });
  return { requestsPerSecond: load.requestsPerSecond, failed: countErrors(load.errors) };
}

function peak(pid) {
  return { peakMib: readMemory(pid)?.peakMib };
}
