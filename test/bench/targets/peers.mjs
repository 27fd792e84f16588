import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BENCH, CACHE, PYTHON, ROOT, WORK } from '../support/paths.mjs';
import { freePort, startProcess, waitUntilReady } from '../support/processes.mjs';
import { CLASSIFY_PROBE } from './probe.mjs';

/** One thread for every peer's arithmetic, as the Worker has; more only hurts on calls this small. */
export const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

const FASTAPI = {
  'FastAPI + LinearSVC': 'linear-svc',
  'FastAPI + fastText': 'fasttext',
  'FastAPI + spaCy': 'spacy',
  'FastAPI echo': 'echo',
};
const HONO = 'Hono + onnxruntime-node';

/** Servers of the peers by name, each started by calling it. */
export function peerTargets(nodePath) {
  const targets = Object.fromEntries(Object.entries(FASTAPI).map(([name, peer]) => [name, () => startFastApi(peer)]));
  return { ...targets, [HONO]: () => startHono(nodePath) };
}

/** The name under which the training step knows a peer; undefined for those that need no training. */
export function trainedPeer(name) {
  const peer = FASTAPI[name];
  return peer === 'echo' ? undefined : peer;
}

async function startFastApi(peer) {
  const port = await freePort();
  const env = { PEER: peer, MODEL: join(CACHE, 'peers', peer, 'intent'), ...ONE_THREAD };
  return startPeer(peer, port, PYTHON, uvicornArgs('peers.serve:app', port), env);
}

/** One worker process, the fast event loop and parser, no access log. */
export function uvicornArgs(factory, port) {
  return [
    ...['-m', 'uvicorn', factory, '--factory', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ...['--loop', 'uvloop', '--http', 'httptools', '--no-access-log', '--log-level', 'warning'],
  ];
}

async function startHono(nodePath) {
  const port = await freePort();
  const env = { PORT: String(port), PACK: join(ROOT, 'infra', 'starter', 'intent'), NODE_ENV: 'production' };
  return startPeer('hono', port, nodePath, [join(BENCH, 'targets', 'node-server.mjs')], env);
}

/** Starts a peer with a key of its own and waits until `probe` is answered. */
export async function startPeer(label, port, command, args, env, probe = CLASSIFY_PROBE) {
  const apiKey = `em_bench-${randomUUID()}`;
  const startedAt = performance.now();
  const handle = startProcess({
    command,
    args,
    cwd: BENCH,
    env: { ...env, API_KEY: apiKey },
    logPath: join(WORK, `${label}.txt`),
  });
  const authorization = `Bearer ${apiKey}`;
  await waitUntilReady(`http://127.0.0.1:${port}${probe.path}`, handle, 120_000, {
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
    firstAnswerMs: performance.now() - startedAt,
    stop: handle.stop,
  };
}
