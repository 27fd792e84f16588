import { expect, test } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { type ImageModel, loadImageModel } from '../../shared/model/image-model.ts';
import { ManifestSchema } from '../../shared/model/manifest.ts';
import { SessionReleasedError } from '../../shared/ports/inference-engine.ts';
import { seedPack } from '../support/seed-store.ts';
import { COLOUR_HEAD, LIGHT_HEAD, tinyImagePack } from '../support/tiny-image-pack.ts';
import { type TinyPack, withManifest } from '../support/tiny-pack.ts';

const RED = { width: 1, height: 1, pixels: Uint8Array.from([255, 0, 0]) };
const BLACK = { width: 1, height: 1, pixels: new Uint8Array(3) };

test('scores of a head sum to 1, in the order of its labels', async () => {
  const model = await load(await tinyImagePack({ name: 'paint' }));
  const { heads, embedding } = await model.answer(model.prepare(RED), true);
  expect(heads).toHaveLength(1);
  expect(heads[0]?.scores[0]).toBeCloseTo(Math.exp(4) / (Math.exp(4) + 2), 9);
  expect(heads[0]?.scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 12);
  expect(embedding).toBeNull();
});

test('a temperature divides the logits', async () => {
  const model = await load(await tinyImagePack({ name: 'paint', heads: [{ ...COLOUR_HEAD, temperature: 2 }] }));
  const { heads } = await model.answer(model.prepare(RED), false);
  expect(heads[0]?.scores[0]).toBeCloseTo(Math.exp(2) / (Math.exp(2) + 2), 9);
});

test('independent scores where the manifest says so', async () => {
  const model = await load(withManifest(await tinyImagePack({ name: 'paint' }), { scores: 'sigmoid' }));
  const { heads } = await model.answer(model.prepare(RED), false);
  expect([...(heads[0]?.scores ?? [])]).toEqual([expect.closeTo(1 / (1 + Math.exp(-4)), 9), 0.5, 0.5]);
});

test('each head answers by its own output; a vector of zeros stays one', async () => {
  const heads = [{ ...COLOUR_HEAD, output: 'logits_colour' }, LIGHT_HEAD];
  const model = await load(await tinyImagePack({ name: 'paint', heads, embedding: true }));
  const answer = await model.answer(model.prepare(BLACK), true);
  expect(answer.heads.map(({ head }) => head.attribute)).toEqual(['colour', 'light']);
  expect(answer.heads[1]?.scores[0]).toBeCloseTo(Math.exp(3) / (Math.exp(3) + 1), 9);
  expect([...(answer.embedding ?? [])]).toEqual([0, 0, 0]);
});

test('a released model says so instead of answering', async () => {
  const model = await load(await tinyImagePack({ name: 'paint' }));
  await model.release();
  await expect(model.answer(model.prepare(RED), false)).rejects.toThrow(SessionReleasedError);
});

test('a manifest whose heads ask twice about the same is not valid', async () => {
  const { manifest } = await tinyImagePack({ name: 'paint' });
  const twice = { ...manifest, heads: [...(manifest.heads ?? []), ...(manifest.heads ?? [])] };
  expect(ManifestSchema.safeParse(twice).error?.issues[0]?.message).toBe('attributes must differ');
});

async function load(pack: TinyPack): Promise<ImageModel> {
  const store = createMemoryBlobStore();
  await seedPack(store, pack);
  const location = { root: 'models', name: pack.name, version: pack.version };
  const model = await loadImageModel(store, await createNodeOnnxEngine(), location);
  if (!model.ok) throw new Error(model.failure.detail);
  return model.value;
}
