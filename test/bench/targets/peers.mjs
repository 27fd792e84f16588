import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BENCH, CACHE, PYTHON, ROOT, WORK } from '../support/paths.mjs';
import { freePort, startProcess, waitUntilReady } from '../support/processes.mjs';

/** One thread for every peer's arithmetic, as the Worker has; more only hurts on calls this small. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

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
  const args = ['-m', 'uvicorn', 'peers.serve:app', '--factory', '--host', '127.0.0.1', '--port', String(port)];
  const settings = [
    '--workers',
    '1',
    '--loop',
    'uvloop',
    '--http',
    'httptools',
    '--no-access-log',
    '--log-level',
    'warning',
  ];
  const env = { PEER: peer, MODEL: join(CACHE, 'peers', peer, 'intent'), ...ONE_THREAD };
  return start(peer, port, PYTHON, [...args, ...settings], env);
}

async function startHono(nodePath) {
  const port = await freePort();
  const env = { PORT: String(port), PACK: join(ROOT, 'infra', 'starter', 'intent'), NODE_ENV: 'production' };
  return start('hono', port, nodePath, [join(BENCH, 'targets', 'node-server.mjs')], env);
}

async function start(label, port, command, args, env) {
  const apiKey = `em_bench-${randomUUID()}`;
  const startedAt = performance.now();
  const handle = startProcess({
    command,
    args,
    cwd: BENCH,
    env: { ...env, API_KEY: apiKey },
    logPath: join(WORK, `${label}.txt`),
  });
  const path = '/v1/classify';
  const authorization = `Bearer ${apiKey}`;
  await waitUntilReady(`http://127.0.0.1:${port}${path}`, handle, 120_000, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: 'hello' }),
  });
  return {
    port,
    path,
    authorization,
    pid: handle.pid,
    firstAnswerMs: performance.now() - startedAt,
    stop: handle.stop,
  };
}
