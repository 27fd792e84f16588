import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEventSource } from '../load/event-source.mjs';
import { BENCH, PYTHON, WORK } from '../support/paths.mjs';
import { freePort, readMemory, startProcess, waitUntilReady } from '../support/processes.mjs';
import { startPeer, uvicornArgs } from './peers.mjs';
import { stageKey } from './storage.mjs';
import { startEcho, startWorkerd } from './workerd.mjs';

export const EDGEMARK = 'Edgemark collect, workerd';
export const EDGEMARK_SYNCED = 'Edgemark collect, workerd, fsync';
export const ECHO = 'workerd echo';
const SQLITE = { 'FastAPI + SQLite, NORMAL': 'NORMAL', 'FastAPI + SQLite, FULL': 'FULL' };
/** The Edgemark that promises as much as the server does: to outlive a power failure, or only the end of the process. */
export const BESIDE = { 'FastAPI + SQLite, NORMAL': EDGEMARK, 'FastAPI + SQLite, FULL': EDGEMARK_SYNCED };

const QUEUE = 'edgemark-collect';
export const SECRET = Buffer.alloc(32, 7);
/** An event that is told before the load, until it is taken. */
const PROBE_EVENT = { ...createEventSource().event(0), eventId: 'probe', userId: 'probe' };
const PROBE = {
  path: '/v1/events',
  contentType: 'application/json',
  body: JSON.stringify({ events: [PROBE_EVENT] }),
};

/** How many were started: each has a folder of its own. */
let started = 0;

/**
 * The servers that take events, by name, each started by calling it, with nothing stored yet. One that stores has `kept`: where and how.
 * @param {{worker: object, nodePath: string, disk: string}} options `worker` is the built collect, `disk` the folder to write to
 */
export function collectServers({ worker, nodePath, disk }) {
  const startSqlite = (synchronous) => () => startFastApi(synchronous, newFolder(disk));
  const peers = Object.entries(SQLITE).map(([name, synchronous]) => [name, startSqlite(synchronous)]);
  return {
    [EDGEMARK]: () => startEdgemark(worker, nodePath, newFolder(disk), false),
    [EDGEMARK_SYNCED]: () => startEdgemark(worker, nodePath, newFolder(disk), true),
    ...Object.fromEntries(peers),
    [ECHO]: () => startEcho('Bearer none', { storage: { folder: WORK } }, PROBE),
  };
}

/** The built Worker in a workerd, and two processes for the services that it is bound to: object storage and the queue. */
async function startEdgemark(worker, nodePath, folder, isSynced) {
  const storage = stageKey(join(folder, 'storage'));
  const objectsFolder = join(folder, 'objects');
  mkdirSync(objectsFolder);
  const deliveryPort = await freePort();
  const r2 = await startNode('r2-server', '/stats', folder, nodePath, {
    FOLDER: storage.folder,
    SYNCED: isSynced ? 'yes' : 'no',
  });
  const [consumer] = worker.consumers;
  const queue = await startNode('queue-server', '/metrics', folder, nodePath, {
    QUEUE,
    DELIVERY: `http://127.0.0.1:${deliveryPort}/`,
    MAX_BATCH_SIZE: String(consumer.max_batch_size),
    MAX_BATCH_TIMEOUT_SECONDS: String(consumer.max_batch_timeout),
    MAX_RETRIES: String(consumer.max_retries),
  });
  const processes = [
    { name: 'r2', port: r2.port },
    { name: 'queue', port: queue.port },
  ];
  const built = { storage, processes, objectsFolder, isExperimental: true };
  const workers = [collectWorker(worker), deliveryWorker(deliveryPort)];
  const server = await startWorkerd('collect', workers, `Bearer ${storage.apiKey}`, built, PROBE);
  return {
    ...server,
    kept: { kind: 'parts', folder: storage.folder },
    servicesMib: () => readMemory(r2.pid)?.peakMib + readMemory(queue.pid)?.peakMib,
    askQueue: (order) => askJson(queue.port, `/${order}`),
    /** Objects written so far, by family. */
    written: () => askJson(r2.port, '/stats'),
    async stop() {
      await server.stop();
      await queue.stop();
      await r2.stop();
    },
  };
}

function collectWorker(worker) {
  return {
    ...worker,
    name: 'collect',
    bucket: true,
    queues: [{ binding: 'COLLECT_QUEUE', process: 'queue' }],
    objects: [{ binding: 'COORDINATOR', className: 'CoordinatorObject' }],
    variables: { LOG_REQUESTS: 'failures', PSEUDONYM_SECRET: `1:${SECRET.toString('base64')}` },
  };
}

function deliveryWorker(port) {
  return {
    name: 'delivery',
    port,
    folder: join(BENCH, 'targets'),
    modules: [{ name: 'queue-delivery.js', type: 'esModule' }],
    compatibilityDate: '2026-10-20',
    // Lets a service binding call another Worker's queue().
    compatibilityFlags: ['service_binding_extra_handlers'],
    bucket: false,
    services: [{ binding: 'CONSUMER', worker: 'collect' }],
    variables: {},
  };
}

async function startNode(name, readyPath, folder, nodePath, env) {
  const port = await freePort();
  const handle = startProcess({
    command: nodePath,
    args: [join(BENCH, 'targets', `${name}.mjs`)],
    cwd: BENCH,
    env: { ...env, PORT: String(port) },
    logPath: join(folder, `${name}.txt`),
  });
  await waitUntilReady(`http://127.0.0.1:${port}${readyPath}`, handle);
  return { ...handle, port };
}

async function startFastApi(synchronous, folder) {
  const port = await freePort();
  const database = join(folder, 'events.sqlite');
  const env = { DATABASE: database, SYNCHRONOUS: synchronous };
  const args = uvicornArgs('peers.serve_collect:app', port);
  const server = await startPeer(`sqlite-${synchronous}`, port, PYTHON, args, env, PROBE);
  return { ...server, kept: { kind: 'sqlite', database } };
}

function newFolder(disk) {
  const folder = join(disk, `collect-${started++}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function askJson(port, path) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return response.json();
}
