import { readFileSync } from 'node:fs';
import { loadClosedLoop } from '../load/closed-loop.mjs';

/** V8's line for one collection: `… ms: Mark-Compact 38.0 (46.0) -> 0.5 (15.8) MB, …, 100.15 / 0.00 ms …`. */
const COLLECTION = /ms: (Scavenge|Mark-Compact)[^\n]*? MB, (?:pooled: [\d.]+ MB, )?([\d.]+) \/ /g;

/**
 * What garbage collection costs under load, from V8's own trace: count, sum and longest pause by kind.
 * @param {() => Promise<{logPath: string, stop: () => Promise<void>}>} start of a server with V8's --trace-gc
 */
export async function measureGarbageCollection(start, bodies, seconds) {
  const server = await start();
  const load = await loadClosedLoop(server, { bodies: bodies[1].bodies, connections: 1, seconds });
  await server.stop();
  const pauses = { Scavenge: [], 'Mark-Compact': [] };
  for (const [, kind, ms] of readFileSync(server.logPath, 'utf8').matchAll(COLLECTION)) pauses[kind].push(Number(ms));
  const summary = (list) => ({
    count: list.length,
    totalMs: Number(list.reduce((sum, ms) => sum + ms, 0).toFixed(1)),
    longestMs: Math.max(0, ...list),
  });
  return {
    requests: load.requests,
    maxMs: load.maxMs,
    scavenge: summary(pauses.Scavenge),
    markCompact: summary(pauses['Mark-Compact']),
  };
}
