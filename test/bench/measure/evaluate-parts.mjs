/**
 * Parts of a file worked out by so many consumers, then merged: what the function does with stored objects and its queue, without the
 * store. Consumers are threads, each with its own heap, and take the next part when they have done one. Arguments: the task, the
 * file, how often its rows come (a part each time), the numbers of consumers. Prints JSON: rows, and for each number of consumers the
 * seconds and whether the answer is that of the file read in one pass.
 */
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import { createGatherer } from '../../../functions/evaluate/gather-rows.ts';
import { gatherFile } from '../../../functions/evaluate/read-file.ts';
import { bindTask } from '../../../functions/evaluate/tasks.ts';
import { DEFAULT_INTERVALS } from '../../../shared/metrics/evaluation.ts';
import { decodeSavedState } from '../../../shared/metrics/saved-state.ts';
import { memoryFile } from './memory-stream.mjs';

const [, , taskName = '', path = '', partsText = '', consumersText = ''] = process.argv;
const parts = Number(partsText);
const bound = bindTask(taskName, {}, []);
if (!bound.ok) throw new Error(bound.failure.detail);
const task = bound.value;

const gatherer = createGatherer(task, { columns: {}, slices: [], maxRejected: 0 });
const whole = await gatherFile(memoryFile(path).stream(parts), gatherer, undefined);
const expected = whole.state.evaluate(DEFAULT_INTERVALS);
const runs = [];
for (const consumers of consumersText.split(',').map(Number)) runs.push(await measure(consumers));
console.log(JSON.stringify({ rows: whole.rows.read, parts, runs }));

async function measure(count) {
  const consumers = await Promise.all(Array.from({ length: count }, startConsumer));
  const startedAt = performance.now();
  const saved = new Array(parts);
  let next = 0;
  const drain = async (consumer) => {
    while (next < parts) {
      const part = next++;
      saved[part] = await ask(consumer);
    }
  };
  await Promise.all(consumers.map(drain));
  const gatheredAt = performance.now();
  const answer = merge(saved).evaluate(DEFAULT_INTERVALS);
  const endedAt = performance.now();
  await Promise.all(consumers.map((consumer) => consumer.terminate()));
  return {
    consumers: count,
    partsSeconds: (gatheredAt - startedAt) / 1e3,
    mergeSeconds: (endedAt - gatheredAt) / 1e3,
    savedBytes: saved.reduce((sum, bytes) => sum + bytes.length, 0),
    isSame: isDeepStrictEqual(answer, expected),
  };
}

/** In the order of parts, as the function does it. */
function merge(saved) {
  let state = null;
  for (const bytes of saved) {
    const decoded = decodeSavedState(bytes);
    if (!decoded.ok) throw new Error(decoded.failure);
    const { fields, arrays } = decoded.value;
    const restored = task.restore({ fields: fields.state, arrays });
    if (state === null) state = restored;
    else state.merge(restored);
  }
  return state;
}

/** One that has read the file and has worked out a part before the clock starts, as a consumer that runs has. */
async function startConsumer() {
  const consumer = new Worker(new URL('./part-consumer.mjs', import.meta.url), { workerData: { taskName, path } });
  await ask(consumer);
  return consumer;
}

function ask(consumer) {
  return new Promise((done, failed) => {
    consumer.once('message', done);
    consumer.once('error', failed);
    consumer.postMessage('part');
  });
}
