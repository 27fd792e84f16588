/**
 * Where the time of a picture goes, in one process without HTTP: the project's own decoder, measures, resize and network. Prints
 * JSON: milliseconds of wall time, medians over calls. Arguments: the pack's folder, a folder of pictures, the calls.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeImage, smallestDecoded } from '../../../functions/tag/describe-image.ts';
import { createNodeImageDecoder } from '../../../shared/adapters/aws/image-decoder.ts';
import { createNodeOnnxEngine } from '../../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../../shared/adapters/memory/memory-blob-store.ts';
import { readImage } from '../../../shared/image/read-image.ts';
import { loadImageModel } from '../../../shared/model/image-model.ts';
import { packPrefix } from '../../../shared/model/model-keys.ts';
import { medians } from './median.mjs';

const [, , pack = '', folder = '', calls = '100'] = process.argv;
const WARM_UP_CALLS = 30;

const decoder = await createNodeImageDecoder();
const model = await load(pack);
const smallest = smallestDecoded(model.smallest);
const pictures = readdirSync(folder).map((name) => new Uint8Array(readFileSync(join(folder, name))));

const records = [];
for (let call = 0; call < WARM_UP_CALLS + Number(calls); call++)
  records.push(await once(pictures[call % pictures.length]));
console.log(JSON.stringify(medians(records.slice(WARM_UP_CALLS))));

async function once(bytes) {
  const start = performance.now();
  const read = await readImage(decoder, bytes, smallest, (image) => {
    const decoded = performance.now();
    const pixelValues = model.prepare(image.rgb);
    const resized = performance.now();
    describeImage(image);
    return { pixelValues, decoded, resized, described: performance.now() };
  });
  if (!read.ok) throw new Error(read.failure.detail);
  const { pixelValues, decoded, resized, described } = read.value;
  const ready = performance.now();
  await model.answer(pixelValues, false);
  return {
    decodeMs: decoded - start,
    resizeMs: resized - decoded,
    describeMs: described - resized,
    runMs: performance.now() - ready,
  };
}

async function load(from) {
  const { name, version, files } = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8'));
  const store = createMemoryBlobStore();
  for (const path of ['manifest.json', ...files.map((file) => file.path)]) {
    await store.put(packPrefix('models', name, version) + path, new Uint8Array(readFileSync(join(from, path))));
  }
  const loaded = await loadImageModel(store, await createNodeOnnxEngine(), { root: 'models', name, version });
  if (!loaded.ok) throw new Error(loaded.failure.detail);
  return loaded.value;
}
