/**
 * One large object evaluated by so many consumers: the function's own request, plan, pieces, messages, consumers and merge, over a folder
 * on this disk as the store. Consumers are processes of their own, and take the next message when they have done one. Arguments: the
 * task, the file, how often its rows come in the object, the numbers of consumers, a folder to work in. Prints JSON: rows, bytes,
 * pieces, and for each number of consumers the seconds and whether the answer is that of the object read in one pass.
 */
import { fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { EvaluateRequestSchema } from '../../../functions/evaluate/contract.ts';
import { evaluate } from '../../../functions/evaluate/evaluate.ts';
import { createGatherer } from '../../../functions/evaluate/gather-rows.ts';
import { evaluationPrefix, partPrefix, resultKey, rowsKey } from '../../../functions/evaluate/plan.ts';
import { gatherFile } from '../../../functions/evaluate/read-file.ts';
import { bindTask } from '../../../functions/evaluate/tasks.ts';
import { createSystemClock } from '../../../shared/adapters/web/system-clock.ts';
import { DEFAULT_INTERVALS } from '../../../shared/metrics/evaluation.ts';
import { createFolderBlobStore } from './folder-blob-store.mjs';

const TENANT = 'bench';
const CALLER = { tenant: TENANT, keyId: 'bench', requestId: 'bench', defer: () => {} };
const CONSUMER = fileURLToPath(new URL('./part-consumer.mjs', import.meta.url));
const FLAGS = ['--disable-warning=ExperimentalWarning'];

const [, , taskName = '', path = '', repeatsText = '', consumersText = '', folder = ''] = process.argv;
const store = createFolderBlobStore(folder);
const key = path.slice(path.lastIndexOf('/') + 1);
const bytes = writeObject(join(folder, rowsKey(TENANT, key)), readFileSync(path), Number(repeatsText));
const { expected, rows } = await onePass();
const runs = [];
let pieces = 0;
for (const consumers of consumersText.split(',').map(Number)) runs.push(await measure(consumers));
rmSync(folder, { recursive: true });
console.log(JSON.stringify({ rows, bytes, pieces, runs }));

/** The rows so many times, the header of a CSV once. */
function writeObject(target, file, repeats) {
  mkdirSync(dirname(target), { recursive: true });
  const rowsFrom = path.endsWith('.csv') ? file.indexOf(0x0a) + 1 : 0;
  const object = openSync(target, 'w');
  writeSync(object, file, 0, rowsFrom);
  for (let repeat = 0; repeat < repeats; repeat++) writeSync(object, file, rowsFrom);
  closeSync(object);
  return statSync(target).size;
}

async function onePass() {
  const bound = bindTask(taskName, {}, []);
  if (!bound.ok) throw new Error(bound.failure.detail);
  const { body } = await store.get(rowsKey(TENANT, key));
  const gatherer = createGatherer(bound.value, { columns: {}, slices: [], maxRejected: 0 });
  const whole = await gatherFile(body, gatherer, undefined);
  return { expected: asJson(whole.state.evaluate(DEFAULT_INTERVALS)), rows: whole.rows.read };
}

async function measure(count) {
  const consumers = Array.from({ length: count }, () => fork(CONSUMER, [folder], { execArgv: FLAGS }));
  // Once before the clock starts, so that consumers are warm: each has worked out a part.
  await run(consumers, count);
  const { seconds, peakBytes, id } = await run(consumers, Number.POSITIVE_INFINITY);
  for (const consumer of consumers) consumer.kill();
  const parts = readdirSync(join(folder, partPrefix(TENANT, id))).map((name) =>
    statSync(join(folder, partPrefix(TENANT, id), name)),
  );
  const result = join(folder, resultKey(TENANT, id));
  const mergeSeconds = (statSync(result).mtimeMs - Math.max(...parts.map(({ mtimeMs }) => mtimeMs))) / 1e3;
  pieces = parts.length;
  return {
    consumers: count,
    partsSeconds: seconds - mergeSeconds,
    mergeSeconds,
    savedBytes: parts.reduce((sum, { size }) => sum + size, 0),
    peakBytes,
    isSame: isDeepStrictEqual(JSON.parse(readFileSync(result, 'utf8')).result.evaluation, expected),
  };
}

/** Begins the evaluation anew and hands its messages to the consumers, at most `limit` of them, until no more come. */
async function run(consumers, limit) {
  rmSync(join(folder, evaluationPrefix(TENANT, '')), { recursive: true, force: true });
  const waiting = [];
  const queue = { send: async (messages) => void waiting.push(...messages) };
  const deps = { store, queue, clock: createSystemClock(), newId: () => crypto.randomUUID(), log: console.error };
  const request = EvaluateRequestSchema.parse({ task: taskName, source: { keys: [key] }, maxRejected: 0 });
  const begun = await evaluate(deps, { request }, { format: 'json' }, CALLER);
  if (!begun.ok) throw new Error(begun.failure.detail);
  waiting.length = Math.min(waiting.length, limit);
  const startedAt = performance.now();
  const drains = consumers.map(async (consumer) => {
    let peak = 0;
    while (waiting.length > 0) peak = await handle(consumer, waiting.shift(), waiting);
    return peak;
  });
  const peaks = await Promise.all(drains);
  const seconds = (performance.now() - startedAt) / 1e3;
  return { seconds, peakBytes: Math.max(...peaks), id: JSON.parse(begun.value.text).id };
}

/** Gives the most memory that the consumer took so far. */
function handle(consumer, message, waiting) {
  return new Promise((resolve, reject) => {
    const listen = ({ queued, failed, done, peakBytes }) => {
      if (queued) waiting.push(...queued);
      if (failed) reject(new Error(failed));
      if (!done) return;
      consumer.off('message', listen);
      resolve(peakBytes);
    };
    consumer.on('message', listen);
    consumer.send(message);
  });
}

function asJson(value) {
  return JSON.parse(JSON.stringify(value));
}
