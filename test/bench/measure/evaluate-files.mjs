/**
 * From a file's bytes to the answer, by the function's own readers, in this process alone. Arguments: the task, the file (held in
 * memory), how often its rows come, the runs. Prints JSON: seconds and memory over the file.
 */
import { resultOf } from '../../../functions/evaluate/evaluate.ts';
import { createGatherer } from '../../../functions/evaluate/gather-rows.ts';
import { gatherFile } from '../../../functions/evaluate/read-file.ts';
import { bindTask } from '../../../functions/evaluate/tasks.ts';
import { DEFAULT_INTERVALS } from '../../../shared/metrics/evaluation.ts';
import { memoryFile } from './memory-stream.mjs';
import { liveBytes, settledBytes, withPeakMemory } from './peak-memory.mjs';
import { timedRuns } from './timed-runs.mjs';

const OPTIONS = { columns: {}, slices: [], maxRejected: 0 };
/** Chunks between two looks at what is alive. */
const BLOCK_CHUNKS = 64;

const [, , taskName = '', path = '', repeatsText = '1', runsText = '1'] = process.argv;
const repeats = Number(repeatsText);
const bound = bindTask(taskName, {}, []);
if (!bound.ok) throw new Error(bound.failure.detail);
const task = bound.value;
const file = memoryFile(path);

const measured = await withPeakMemory(async () => {
  const gathering = await timedRuns(Number(runsText), () => gather());
  return { gathering, answering: await timedRuns(1, () => answer(gathering.result)) };
});
const { gathering, answering } = measured.result;
console.log(
  JSON.stringify({
    bytes: file.bytesOf(repeats),
    rows: gathering.result.rows.read,
    seconds: gathering.seconds,
    cpuSeconds: gathering.cpuSeconds,
    answerCpuSeconds: answering.cpuSeconds,
    peakBytes: measured.peakBytes,
    liveBytes: await mostAlive(),
  }),
);

function gather(onChunk) {
  return gatherFile(file.stream(repeats, onChunk), createGatherer(task, OPTIONS), undefined);
}

function answer(gathered) {
  return resultOf(task, { intervals: DEFAULT_INTERVALS }, gathered);
}

/** The same once more, stopping to see what is alive: slow, so that it is not timed. */
async function mostAlive() {
  const before = await settledBytes();
  let [most, chunks] = [0, 0];
  await gather(() => {
    if (++chunks % BLOCK_CHUNKS === 0) most = Math.max(most, liveBytes() - before);
  });
  return most;
}
