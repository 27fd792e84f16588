import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BENCH, ROOT, WORK } from '../support/paths.mjs';
import { freePort, startProcess, waitUntilReady } from '../support/processes.mjs';
import { CLASSIFY_PROBE } from './probe.mjs';
import { workerdConfig } from './workerd-config.mjs';

/** The binary itself: the package's command is a Node script around it when its install script did not run. */
const WORKERD = createRequire(join(ROOT, 'package.json'))('workerd').default;

/**
 * The Workers whose speed is measured, in one bare workerd each: `classify` alone, `gateway` before it, `echo` as the floor.
 * @param {{classify: object, gateway: object, storage: {folder: string, apiKey: string}, v8Flags?: string[], logRequests?: string}} built
 */
export function workerdTargets(built) {
  const authorization = `Bearer ${built.storage.apiKey}`;
  return {
    edgemark: () => startWorkerd('edgemark', [classifyWorker(built)], authorization, built),
    gateway: () => startWorkerd('gateway', [gatewayWorker(built), classifyWorker(built)], authorization, built),
    'workerd echo': () => startWorkerd('echo', [echoWorker()], authorization, built),
  };
}

/**
 * Serves the first of `workers` on a free port, the others by service bindings or on ports that they name; waits until `probe` is
 * answered. `built` may name other `processes` and an `objectsFolder` (see workerd-config.mjs), and `isExperimental` workerd's experimental
 * features.
 */
export async function startWorkerd(label, workers, authorization, built, probe = CLASSIFY_PROBE) {
  const port = await freePort();
  const folder = join(WORK, `workerd-${label}-${port}`);
  mkdirSync(folder, { recursive: true });
  const placed = workers.map((worker, index) => (index === 0 ? { ...worker, port } : worker));
  const config = join(folder, 'config.capnp');
  const { v8Flags = [], processes = [], objectsFolder, isExperimental = false } = built;
  const r2Module = join(BENCH, 'targets', 'r2-from-disk.js');
  const storage = built.storage.folder;
  writeFileSync(config, workerdConfig(placed, { folder, storage, r2Module, v8Flags, processes, objectsFolder }));
  const startedAt = performance.now();
  const logPath = join(folder, 'log.txt');
  const isTraced = v8Flags.length > 0;
  const args = ['serve', ...(isExperimental ? ['--experimental'] : []), config];
  const handle = startProcess({
    // V8 writes its trace to a buffered stdout, which the end of the process would cut off.
    command: isTraced ? 'stdbuf' : WORKERD,
    args: isTraced ? ['-oL', WORKERD, ...args] : args,
    cwd: folder,
    logPath,
  });
  await waitUntilReady(`http://127.0.0.1:${port}${probe.path}`, handle, 60_000, {
    method: 'POST',
    headers: { authorization, 'content-type': probe.contentType },
    body: probe.body,
  });
  return {
    port,
    path: probe.path,
    contentType: probe.contentType,
    authorization,
    pid: handle.pid,
    logPath,
    firstAnswerMs: performance.now() - startedAt,
    stop: handle.stop,
  };
}

function classifyWorker({ classify, logRequests = 'failures' }) {
  return { ...classify, name: 'classify', bucket: true, variables: { LOG_REQUESTS: logRequests } };
}

const BOUND_TO_GATEWAY = [
  ...['CLASSIFY', 'TAG', 'RECOMMEND', 'REBUILD', 'MODELS', 'INFER', 'COLLECT', 'EVALUATE', 'PREPARE', 'TRAIN'],
  ...['COLLECT_TICKS', 'EVALUATE_TICKS', 'PREPARE_TICKS', 'REBUILD_TICKS', 'TRAIN_TICKS'],
];

/** The other functions are not needed for these calls; their bindings lead to classify. */
function gatewayWorker({ gateway }) {
  const services = BOUND_TO_GATEWAY.map((binding) => ({ binding, worker: 'classify' }));
  return { ...gateway, name: 'gateway', bucket: false, services, variables: { LOG_REQUESTS: 'failures' } };
}

/** The floor: a Worker that only answers. */
export function startEcho(authorization, built, probe) {
  return startWorkerd('echo', [echoWorker()], authorization, built, probe);
}

function echoWorker() {
  return {
    name: 'echo',
    folder: join(BENCH, 'targets'),
    modules: [{ name: 'echo-worker.js', type: 'esModule' }],
    compatibilityDate: '2026-10-20',
    compatibilityFlags: [],
    bucket: false,
    variables: {},
  };
}
