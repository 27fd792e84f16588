import { median } from './median.mjs';

/** Milliseconds from the start of the process to the first right answer, over some tries: median, best and worst. */
export async function measureColdStart(start, tries = 5) {
  const times = [];
  for (let i = 0; i < tries; i++) {
    const server = await start();
    times.push(server.firstAnswerMs);
    await server.stop();
  }
  return { medianMs: median(times), bestMs: Math.min(...times), worstMs: Math.max(...times), tries };
}
