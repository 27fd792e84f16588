/**
 * The same image pack on Node: Hono, sharp (libvips) and native ONNX Runtime on one thread, an API-key check of the same kind.
 * Environment: PORT, PACK (folder), API_KEY.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { bestOf, softmax } from './node-scores.mjs';

const { PORT, PACK, API_KEY } = process.env;
sharp.concurrency(1);
sharp.cache(false);
const knownHashes = new Set([hashOf(API_KEY)]);
const tag = await loadTagger(PACK);

const app = new Hono();
app.post('/v1/tag', async (c) => {
  const key = c.req.header('authorization')?.slice('Bearer '.length) ?? '';
  if (!knownHashes.has(hashOf(key))) return c.json({ title: 'unknown key' }, 401);
  return c.json({ tags: await tag(Buffer.from(await c.req.arrayBuffer()), Number(c.req.query('topK') ?? 3)) });
});
serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' });

function hashOf(text) {
  return createHash('sha256').update(text).digest('hex');
}

async function loadTagger(pack) {
  const manifest = JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8'));
  const { size, image_mean, image_std } = JSON.parse(readFileSync(join(pack, manifest.image.preprocessor), 'utf8'));
  const session = await InferenceSession.create(join(pack, manifest.model.file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const outputs = manifest.heads.map((head) => head.output);
  return async (content, k) => {
    const pixels = await sharp(content)
      .rotate()
      .resize(size.width, size.height, { fit: 'fill', kernel: 'linear' })
      .removeAlpha()
      .raw()
      .toBuffer();
    const values = new Float32Array(pixels.length);
    const plane = size.width * size.height;
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) values[c * plane + i] = (pixels[3 * i + c] / 255 - image_mean[c]) / image_std[c];
    }
    const feeds = { pixel_values: new Tensor('float32', values, [1, 3, size.height, size.width]) };
    const answers = await session.run(feeds, outputs);
    return manifest.heads.flatMap(({ output, labels, attribute }) =>
      bestOf(softmax(answers[output].data), k, labels).map((found) => ({ ...found, attribute })),
    );
  };
}
