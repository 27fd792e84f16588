import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, PYTHON } from '../support/paths.mjs';
import { freePort } from '../support/processes.mjs';
import { ONE_THREAD, startPeer, uvicornArgs } from './peers.mjs';
import { startWorkerd } from './workerd.mjs';

export const EDGEMARK = 'Edgemark tag, workerd';

const FASTAPI = {
  'FastAPI + Pillow + onnxruntime': 'pillow',
  'FastAPI + Pillow draft + onnxruntime': 'pillow-draft',
  'FastAPI + OpenCV + onnxruntime': 'opencv',
};

/**
 * The servers that tag pictures by one pack, by name, each started by calling it.
 * @param {{tag: object, storage: {folder: string, apiKey: string}, pack: string, nodePath: string, picture: Uint8Array}} options
 *   `pack` is its folder; `picture` is sent until it is answered: the server is then ready
 */
export function imageServers({ tag, storage, pack, nodePath, picture }) {
  const probe = { path: `/v1/tag?model=${nameOf(pack)}&topK=3`, contentType: 'image/jpeg', body: picture };
  const worker = { ...tag, name: 'tag', bucket: true, variables: { LOG_REQUESTS: 'failures' } };
  const peers = Object.entries(FASTAPI).map(([name, peer]) => [name, () => startFastApi(peer, pack, probe)]);
  return {
    [EDGEMARK]: () => startWorkerd('tag', [worker], `Bearer ${storage.apiKey}`, { storage }, probe),
    ...Object.fromEntries(peers),
    'Hono + sharp + onnxruntime-node': () => startHono(nodePath, pack, probe),
  };
}

async function startFastApi(peer, folder, probe) {
  const port = await freePort();
  const env = { PEER: peer, PACK: folder, ...ONE_THREAD };
  return startPeer(peer, port, PYTHON, uvicornArgs('peers.serve_images:app', port), env, probe);
}

async function startHono(nodePath, folder, probe) {
  const port = await freePort();
  const env = { PORT: String(port), PACK: folder, NODE_ENV: 'production' };
  return startPeer('sharp', port, nodePath, [join(BENCH, 'targets', 'image-node-server.mjs')], env, probe);
}

function nameOf(pack) {
  return JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8')).name;
}
