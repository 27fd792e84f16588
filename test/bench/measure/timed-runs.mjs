import { median } from './median.mjs';

/**
 * Does the work so many times; gives its last result and the medians of wall and of the process' CPU time, which counts the collector's and the
 * compiler's threads as well.
 */
export async function timedRuns(runs, work) {
  const [wall, cpu] = [[], []];
  let result;
  for (let run = 0; run < runs; run++) {
    const [startedAt, before] = [performance.now(), process.cpuUsage()];
    result = await work();
    const { user, system } = process.cpuUsage(before);
    wall.push((performance.now() - startedAt) / 1e3);
    cpu.push((user + system) / 1e6);
  }
  return { result, seconds: median(wall), cpuSeconds: median(cpu) };
}
