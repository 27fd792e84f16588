import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs the work and gives by how many bytes the process' resident memory rose above what was there before, at its highest; null off
 * Linux. The kernel's mark is set back first: `5` in clear_refs, proc_pid_clear_refs(5).
 */
export async function withPeakMemory(work) {
  const before = markMemory();
  const result = await work();
  const peak = readField('VmHWM');
  return { result, peakBytes: before === null || peak === null ? null : peak - before };
}

function markMemory() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    return null;
  }
  return readField('VmRSS');
}

function readField(name) {
  try {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return 1024 * Number(kibibytes);
  } catch {
    return null;
  }
}

/** Bytes of objects and buffers that a forced collection leaves; needs --expose-gc. */
export async function settledBytes() {
  globalThis.gc();
  // The memory of buffers is given back some time after their collection.
  await sleep(200);
  return liveBytes();
}

/** The same at once, so that buffers which were just let go may count. */
export function liveBytes() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
