import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { smallestDecoded } from '../../functions/tag/describe-image.ts';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { topK } from '../../shared/core/top-k.ts';
import { readImage } from '../../shared/image/read-image.ts';
import { type HeadScores, type ImageModel, loadImageModel } from '../../shared/model/image-model.ts';
import { SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import { READABLE_FIXTURES } from '../support/image-fixtures.ts';
import { starterManifest, starterNames, starterStore } from '../support/starter-packs.ts';
import { TEST_SPLITS } from '../support/tagged-pictures.ts';

const MAX_HEAP_BYTES = 60 * 1024 * 1024;
/** What serving may differ from the trainer's own measurement by. */
const ACCURACY_TOLERANCE = 0.01;

const dataFolder = process.env['EDGEMARK_DATA'] ?? '';
const missing = dataFolder === '' ? 'EDGEMARK_DATA does not name the data folder' : null;
if (missing !== null) console.log(`The accuracy of image packs as they are served is not measured: ${missing}.`);

const engine = await createNodeOnnxEngine();
const decoder = await createNodeImageDecoder();

describe.each(starterNames('image-classification'))('starter pack %s', (name) => {
  const manifest = starterManifest(name);

  it('answers every kind of file with a vector, and probabilities that sum to 1 for each head', async () => {
    const model = await load(name);
    for (const { bytes } of READABLE_FIXTURES) {
      const { heads, embedding } = await answer(model, bytes);
      expect(heads.map(({ head }) => head.attribute)).toEqual(manifest.heads?.map((head) => head.attribute));
      for (const { scores } of heads) expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
      expect(Math.hypot(...(embedding ?? []))).toBeCloseTo(1, 5);
    }
    await model.release();
    expect(engine.heapBytes()).toBeLessThanOrEqual(MAX_HEAP_BYTES);
  });

  it('has, as it is served, the accuracy that its card states', { timeout: 300_000 }, async (context) => {
    if (missing !== null) context.skip(missing);
    const pictures = TEST_SPLITS[name]?.(dataFolder) ?? [];
    const model = await load(name);
    const right = new Map<string, number>();
    for (const { path, labels } of pictures) {
      for (const head of (await answer(model, new Uint8Array(readFileSync(path)))).heads) {
        const attribute = head.head.attribute ?? '';
        if (bestLabel(head) === labels[attribute]) right.set(attribute, (right.get(attribute) ?? 0) + 1);
      }
    }
    await model.release();
    for (const attribute of manifest.heads?.map((head) => head.attribute) ?? []) {
      const stated = manifest.metrics.find(
        (metric) => metric.name === 'accuracy' && metric.note?.startsWith(`${attribute}: best of`),
      );
      expect(stated?.rows).toBe(pictures.length);
      const accuracy = (right.get(attribute) ?? 0) / pictures.length;
      expect(Math.abs(accuracy - (stated?.value ?? 0))).toBeLessThanOrEqual(ACCURACY_TOLERANCE);
    }
  });
});

async function load(name: string): Promise<ImageModel> {
  const location = { root: SHARED_MODELS_ROOT, name, version: starterManifest(name).version };
  const loaded = await loadImageModel(await starterStore(name), engine, location);
  if (!loaded.ok) throw new Error(loaded.failure.detail);
  return loaded.value;
}

async function answer(model: ImageModel, bytes: Uint8Array) {
  const read = await readImage(decoder, bytes, smallestDecoded(model.smallest), ({ rgb }) => model.prepare(rgb));
  if (!read.ok) throw new Error(read.failure.detail);
  return model.answer(read.value, true);
}

function bestLabel({ head, scores }: HeadScores): string | undefined {
  return head.labels[topK(scores, 1)[0] ?? -1];
}
