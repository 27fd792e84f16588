import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { K, MODEL, toBody, toUserBody } from '../measure/histories.mjs';
import { BENCH, PYTHON, WORK } from '../support/paths.mjs';
import { freePort } from '../support/processes.mjs';
import { ONE_THREAD, startPeer, uvicornArgs } from './peers.mjs';
import { stagePack } from './storage.mjs';
import { startEcho, startWorkerd } from './workerd.mjs';

export const EDGEMARK = 'Edgemark recommend, workerd';
/** The same, but the history is that of a profile in storage. */
export const USER = 'Edgemark recommend, by user';
export const ECHO = 'workerd echo';

const FASTAPI = {
  'FastAPI + EASE, numpy': 'ease',
  'FastAPI + implicit, ALS fold-in': 'implicit',
  'FastAPI + ALS fold-in, numpy': 'als',
};
/** Recommends to users that it was trained on, by their number. */
const LIGHTFM = 'FastAPI + LightFM, known user';
const TENANT = 'bench';
const USER_ID = 'user';
const SECRET = Buffer.alloc(32, 7);

/**
 * The servers that recommend to a history of film ids, by name, each started by calling it.
 * @param {{worker: object, storage: {folder: string, apiKey: string}, made: string, nodePath: string, history: string[]}} options
 *   `made` is the folder that `peers/recommenders.py` wrote; `history` is asked for until it is answered: the server is ready
 */
export function recommendServers({ worker, storage, made, nodePath, history }) {
  const pack = join(made, 'pack');
  stagePack(storage.folder, pack);
  writeProfile(storage.folder, history);
  const probe = { path: '/v1/recommend', contentType: 'application/json', body: toBody(history) };
  const authorization = `Bearer ${storage.apiKey}`;
  const variables = { LOG_REQUESTS: 'failures', PSEUDONYM_SECRET: `1:${SECRET.toString('base64')}` };
  const placed = { ...worker, name: 'recommend', bucket: true, variables };
  const start = () => startWorkerd('recommend', [placed], authorization, { storage }, probe);
  const peers = Object.entries(FASTAPI).map(([name, peer]) => [name, () => startFastApi(peer, made, probe)]);
  return {
    [EDGEMARK]: start,
    [USER]: async () => ({ ...(await start()), calls: callsByUser() }),
    ...Object.fromEntries(peers),
    [LIGHTFM]: async () => {
      const server = await startFastApi('lightfm', made, { ...probe, body: toUserBody(0) });
      return { ...server, knowsUsers: true };
    },
    'Hono + onnxruntime-node': () => startHono(nodePath, pack, probe),
    [ECHO]: () => startEcho(authorization, { storage }, probe),
  };
}

function callsByUser() {
  const bodies = [JSON.stringify({ model: MODEL, userId: USER_ID, k: K })];
  const bodiesPath = join(WORK, 'by-user.txt');
  writeFileSync(bodiesPath, `${bodies.join('\n')}\n`);
  return { bodies, bodiesPath };
}

/** As shared/customer/pseudonym.ts and profile.ts say. */
function writeProfile(folder, history) {
  const message = JSON.stringify([TENANT, USER_ID]);
  const pseudonym = createHmac('sha256', SECRET).update(message).digest('hex').slice(0, 32);
  const at = new Date().toISOString();
  const events = { view: history.map((itemId, index) => ({ id: `${index}`, itemId, at })) };
  const path = join(folder, 'tenants', TENANT, 'profiles', pseudonym.slice(0, 2), `${pseudonym}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ schemaVersion: 1, revision: '1', keyVersion: 1, events }));
}

async function startFastApi(peer, folder, probe) {
  const port = await freePort();
  const env = { PEER: peer, MODEL: folder, ...ONE_THREAD };
  return startPeer(peer, port, PYTHON, uvicornArgs('peers.serve_recommenders:app', port), env, probe);
}

async function startHono(nodePath, folder, probe) {
  const port = await freePort();
  const env = { PORT: String(port), PACK: folder, NODE_ENV: 'production' };
  const script = join(BENCH, 'targets', 'recommend-node-server.mjs');
  return startPeer('recommend-node', port, nodePath, [script], env, probe);
}
