import { createAcceptedEvents } from '../load/accepted-events.mjs';
import { sendInClosedLoop, toRequest } from '../load/closed-loop.mjs';
import { createEventSource } from '../load/event-source.mjs';
import { readMemory } from '../support/processes.mjs';
import { medians } from './median.mjs';

export const EVENT_BATCHES = [1, 10, 100, 500];
const MANY = 8;
const WARM_UP_SECONDS = 3;

/**
 * What a server is told: events by number, none twice. `echoes` one that stores nothing.
 * @param {{kept?: object}} server
 */
export function createTelling(server) {
  return { source: createEventSource(), accepted: createAcceptedEvents(), next: 0, echoes: server.kept === undefined };
}

/** Tells new events in calls of `size`, in a closed loop, and marks those that were accepted. */
export async function tellEvents(server, telling, { size, connections, seconds }) {
  const next = () => {
    const first = telling.next;
    telling.next += size;
    const isGood = (answer) => {
      if (telling.echoes) return answer.status === 200;
      if (answer.status !== 202 || JSON.parse(answer.body.toString()).accepted !== size) return false;
      telling.accepted.add(first, size);
      return true;
    };
    return { request: toRequest(server, telling.source.body(first, size)), isGood };
  };
  const load = await sendInClosedLoop(server, { next, connections, seconds });
  return { ...load, eventsPerSecond: load.requestsPerSecond * size };
}

/**
 * Rounds over all servers in turn, as for texts: every size of a call at one connection and at eight. What is queued is not delivered
 * meanwhile.
 * @param {Record<string, object>} servers
 * @param {Record<string, ReturnType<typeof createTelling>>} tellings
 */
export async function measureEvents(servers, tellings, { rounds, seconds }, say) {
  for (const [name, server] of Object.entries(servers)) {
    await server.askQueue?.('hold');
    await tellEvents(server, tellings[name], { size: 10, connections: MANY, seconds: WARM_UP_SECONDS });
  }
  const records = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(servers);
    for (const name of names.map((_, index) => names[(index + round) % names.length])) {
      say(`round ${round + 1} of ${rounds}: ${name}`);
      records[name].push(await measureOnce(servers[name], tellings[name], seconds));
    }
  }
  return Object.fromEntries(
    Object.entries(records).map(([name, list]) => [
      name,
      { ...medians(list), ...readMemory(servers[name].pid), rounds: list },
    ]),
  );
}

async function measureOnce(server, telling, seconds) {
  const record = { failures: 0 };
  for (const size of EVENT_BATCHES) {
    for (const connections of [1, MANY]) {
      const load = await tellEvents(server, telling, { size, connections, seconds });
      const name = `${size}By${connections}`;
      record[`requestsPerSecond${name}`] = load.requestsPerSecond;
      record[`eventsPerSecond${name}`] = load.eventsPerSecond;
      record[`p50Ms${name}`] = load.p50Ms;
      record[`p99Ms${name}`] = load.p99Ms;
      record.failures += load.failures;
    }
  }
  return record;
}
