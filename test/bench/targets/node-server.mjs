/**
 * The same pack on Node: Hono and native ONNX Runtime on one thread, the same tokenizer, an API-key check of the same kind, the
 * answer's form alike. Environment: PORT, PACK (folder), API_KEY.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Tokenizer } from '@huggingface/tokenizers';
import { Hono } from 'hono';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { bestOf, softmax } from './node-scores.mjs';

const { PORT, PACK, API_KEY } = process.env;
const knownHashes = new Set([hashOf(API_KEY)]);
const classify = await loadClassifier(PACK);

const app = new Hono();
app.post('/v1/classify', async (c) => {
  const key = c.req.header('authorization')?.slice('Bearer '.length) ?? '';
  if (!knownHashes.has(hashOf(key))) return c.json({ title: 'unknown key' }, 401);
  const { inputs, topK = 3 } = await c.req.json();
  return c.json({ results: await classify(Array.isArray(inputs) ? inputs : [inputs], topK) });
});
serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' });

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

async function loadClassifier(pack) {
  const manifest = JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8'));
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(join(pack, manifest.text.tokenizer), 'utf8')), {});
  const session = await InferenceSession.create(join(pack, manifest.model.file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const { labels } = manifest;
  return async (texts, k) => {
    const rows = texts.map((text) => tokenizer.encode(text).ids.slice(0, manifest.text.maxTokens));
    const { logits } = await session.run(pad(rows));
    return rows.map((_, row) => ({
      labels: bestOf(softmax(logits.data.subarray(row * labels.length, (row + 1) * labels.length)), k, labels),
    }));
  };
}

function pad(rows) {
  const width = Math.max(1, ...rows.map((row) => row.length));
  const ids = new BigInt64Array(rows.length * width);
  const mask = new BigInt64Array(rows.length * width);
  rows.forEach((row, r) => {
    row.forEach((id, i) => {
      ids[r * width + i] = BigInt(id);
      mask[r * width + i] = 1n;
    });
  });
  const shape = [rows.length, width];
  return { input_ids: new Tensor('int64', ids, shape), attention_mask: new Tensor('int64', mask, shape) };
}
