import { setTimeout as sleep } from 'node:timers/promises';
import { readMemory } from '../support/processes.mjs';
import { createTelling, tellEvents } from './events.mjs';
import { checkProfiles, findStored } from './stored-events.mjs';

const SIZE = 100;
const CONNECTIONS = 8;
const POLL_MS = 50;
const DRAIN_LIMIT_MS = 60 * 60 * 1000;

/**
 * One long load on a server that stores nothing yet, with the queue delivering meanwhile, where there is one; then the queue is waited
 * for, the server ends, and what lies on the disk is counted.
 * @param {() => Promise<object>} start
 */
export async function soakEvents(start, seconds) {
  const server = await start();
  const telling = createTelling(server);
  const load = await tellEvents(server, telling, { size: SIZE, connections: CONNECTIONS, seconds });
  const queue = server.askQueue ? await drain(server, load) : null;
  const memory = { ...readMemory(server.pid), servicesMib: server.servicesMib?.() };
  await server.stop();
  const { requests, requestsPerSecond, eventsPerSecond, elapsedMs, p50Ms, p99Ms, maxMs, failures } = load;
  const { counts, stored } = await findStored(server.kept, telling);
  const profiles = queue && checkProfiles(server.kept, stored, telling.source);
  const untilEffectMs = elapsedMs + (queue?.drainMs ?? 0);
  return {
    ...{ size: SIZE, connections: CONNECTIONS, requests, requestsPerSecond, eventsPerSecond, elapsedMs },
    ...{ p50Ms, p99Ms, maxMs, failures, accepted: telling.accepted.count, ...memory },
    effectivePerSecond: (telling.accepted.count / untilEffectMs) * 1000,
    queue,
    stored: { ...counts, ...profiles },
  };
}

/** Until every message is settled: how long that took after the load, and how many profiles were written when. */
async function drain(server, { elapsedMs }) {
  const startedAt = performance.now();
  const before = await server.written();
  let state = await server.askQueue('metrics');
  const backlog = state.unsettled;
  while (state.unsettled > 0) {
    if (performance.now() - startedAt > DRAIN_LIMIT_MS) throw new Error('the queue was not drained in time');
    await sleep(POLL_MS);
    state = await server.askQueue('metrics');
  }
  const drainMs = performance.now() - startedAt;
  const after = await server.written();
  const profilesIn = before.profiles ?? 0;
  const profiles = after.profiles ?? 0;
  const { batches, acknowledged, retried, dropped } = state;
  return {
    ...{ backlog, drainMs, batches, acknowledged, retried, dropped, profileWrites: profiles },
    profileWritesPerSecondUnderLoad: (profilesIn / elapsedMs) * 1000,
    profileWritesPerSecondAfter: ((profiles - profilesIn) / drainMs) * 1000,
  };
}
