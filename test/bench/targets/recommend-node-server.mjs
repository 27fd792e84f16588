/**
 * The same recommender pack on Node: Hono and native ONNX Runtime on one thread, an API-key check of the same kind. Environment:
 * PORT, PACK (folder), API_KEY.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const { PORT, PACK, API_KEY } = process.env;
const knownHashes = new Set([hashOf(API_KEY)]);
const recommend = await loadRecommender(PACK);

const app = new Hono();
app.post('/v1/recommend', async (c) => {
  const key = c.req.header('authorization')?.slice('Bearer '.length) ?? '';
  if (!knownHashes.has(hashOf(key))) return c.json({ title: 'unknown key' }, 401);
  const { history, k = 10 } = await c.req.json();
  return c.json({ items: await recommend(history, k) });
});
serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' });

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

async function loadRecommender(pack) {
  const manifest = JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8'));
  const { ids } = JSON.parse(readFileSync(join(pack, manifest.recommender.items), 'utf8'));
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const session = await InferenceSession.create(join(pack, manifest.model.file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  return async (history, k) => {
    const seen = [...new Set(history)].map((id) => indexOf.get(id)).filter((index) => index !== undefined);
    const shape = [seen.length];
    const answer = await session.run(
      {
        history_ids: new Tensor('int64', BigInt64Array.from(seen, BigInt), shape),
        history_weights: new Tensor('float32', new Float32Array(seen.length).fill(1), shape),
        history_bias: new Tensor('float32', new Float32Array(seen.length).fill(Number.NEGATIVE_INFINITY), shape),
        item_bias: new Tensor('float32', new Float32Array(1), [1]),
        k: new Tensor('int64', BigInt64Array.of(BigInt(k)), [1]),
      },
      ['ids', 'scores'],
    );
    return Array.from(answer.ids.data, (index, at) => ({ itemId: ids[Number(index)], score: answer.scores.data[at] }));
  };
}
