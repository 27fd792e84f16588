/** A thread that works out a part each time it is asked, and answers with the bytes that the function would store of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { createGatherer } from '../../../functions/evaluate/gather-rows.ts';
import { encodePart } from '../../../functions/evaluate/part.ts';
import { gatherFile } from '../../../functions/evaluate/read-file.ts';
import { bindTask } from '../../../functions/evaluate/tasks.ts';
import { ok } from '../../../shared/core/result.ts';
import { memoryFile } from './memory-stream.mjs';

const { taskName, path } = workerData;
const bound = bindTask(taskName, {}, []);
if (!bound.ok) throw new Error(bound.failure.detail);
const file = memoryFile(path);

parentPort.on('message', async () => {
  const gatherer = createGatherer(bound.value, { columns: {}, slices: [], maxRejected: 0 });
  const bytes = encodePart(ok(await gatherFile(file.stream(), gatherer, undefined)));
  parentPort.postMessage(bytes, [bytes.buffer]);
});
