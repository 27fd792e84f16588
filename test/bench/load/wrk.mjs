import { join } from 'node:path';
import { BENCH } from '../support/paths.mjs';
import { runCommand } from '../support/processes.mjs';

/**
 * Load by wrk: the cheapest client there is, so its requests per second say most about the server. Its percentiles are corrected
 * for coordinated omission (github.com/wg/wrk: `stats_correct` adds the requests a stall kept from being sent).
 * @param {{port: number, path: string, authorization: string, contentType: string}} target
 * @param {{bodiesPath?: string, filesPath?: string, connections: number, seconds: number}} options `bodiesPath` names a file of
 *   JSON bodies, one a line; `filesPath` a file of paths, one a line, each sent whole
 */
export async function loadByWrk(target, { bodiesPath, filesPath, connections, seconds }) {
  const script = filesPath === undefined ? 'rotate.lua' : 'rotate-files.lua';
  const scriptArgs = filesPath === undefined ? [bodiesPath] : [filesPath, target.contentType];
  const output = await runCommand(
    'wrk',
    [
      '--threads=1',
      `--connections=${connections}`,
      `--duration=${seconds}s`,
      '--timeout=10s',
      `--script=${join(BENCH, 'load', script)}`,
      `http://127.0.0.1:${target.port}${target.path}`,
      '--',
      ...scriptArgs,
      target.authorization,
    ],
    { cwd: BENCH },
  );
  const summary = /^JSON (.*)$/m.exec(output)?.[1];
  if (summary === undefined) throw new Error(`wrk said no summary: ${output}`);
  const { requests, durationMs, p50Ms, p99Ms, maxMs, ...errors } = JSON.parse(summary);
  return { requestsPerSecond: (requests / durationMs) * 1000, requests, p50Ms, p99Ms, maxMs, errors };
}

/** Answers that were not 2xx, and all socket errors. */
export function countErrors(errors) {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}
