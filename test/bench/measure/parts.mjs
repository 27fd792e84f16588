/**
 * Where a request's time goes, in one process without HTTP: the project's own tokenizer, runtime and scoring on the shipped pack,
 * in CPU time. Prints JSON. Arguments: the pack's folder, a JSON file of texts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOnnxEngine } from '../../../shared/adapters/web/onnx-engine.ts';
import { softmax } from '../../../shared/core/softmax.ts';
import { topK } from '../../../shared/core/top-k.ts';
import { createTokenizer } from '../../../shared/model/tokenizer.ts';
import { ROOT } from '../support/paths.mjs';
import { medians } from './median.mjs';

const [, , pack = '', textsPath = ''] = process.argv;
const wasmPath = join(ROOT, 'node_modules', 'onnxruntime-web', 'dist', 'ort-wasm-simd-threaded.wasm');
const engine = await createOnnxEngine(await WebAssembly.compile(readFileSync(wasmPath)));
const emptyHeapBytes = engine.heapBytes();
const manifest = JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8'));
const loaded = await engine.load(new Uint8Array(readFileSync(join(pack, manifest.model.file))));
if (!loaded.ok) throw new Error(loaded.failure.reason);
const session = loaded.value;
const loadedHeapBytes = engine.heapBytes();
const tokenizer = createTokenizer(new Uint8Array(readFileSync(join(pack, manifest.text.tokenizer))));
const texts = JSON.parse(readFileSync(textsPath, 'utf8')).tests.banking77.texts;
const bodies = texts.map((inputs) => JSON.stringify({ inputs, model: manifest.name, topK: 3 }));
const encoded = texts.map((text) => tokenizer.encode(text, manifest.text.maxTokens).ids);
const probabilities = softmax(await logitsOf([encoded[0]]));
const answer = {
  results: [{ labels: topK(probabilities, 3).map((i) => ({ label: manifest.labels[i], score: probabilities[i] })) }],
};

const rounds = [];
for (let round = 0; round < 5; round++) {
  rounds.push({
    jsonUs: await cpuUs(4000, (i) => [JSON.parse(bodies[i % bodies.length]), JSON.stringify(answer)]),
    tokenizerUs: await cpuUs(4000, (i) => tokenizer.encode(texts[i % texts.length], manifest.text.maxTokens)),
    runUs: await cpuUs(2000, (i) => logitsOf([encoded[i % encoded.length]])),
    run8RowUs: (await cpuUs(400, (i) => logitsOf(slice(i, 8)))) / 8,
    run256RowUs: (await cpuUs(20, (i) => logitsOf(slice(i, 256)))) / 256,
    scoreUs: await cpuUs(4000, () => topK(softmax(probabilities), 3)),
  });
}
// The first round warms the compilers up.
const figures = medians(rounds.slice(1));
const tokensPerText = encoded.reduce((sum, ids) => sum + ids.length, 0) / encoded.length;
console.log(
  JSON.stringify({ ...figures, tokensPerText, emptyHeapBytes, loadedHeapBytes, loadHeapBytes: engine.heapBytes() }),
);

/** `count` rows as they come in the test set. */
function slice(i, count) {
  const start = (i * count) % (encoded.length - count);
  return encoded.slice(start, start + count);
}

async function logitsOf(rows) {
  const width = Math.max(1, ...rows.map((ids) => ids.length));
  const ids = new BigInt64Array(rows.length * width);
  const mask = new BigInt64Array(rows.length * width);
  rows.forEach((row, r) => {
    row.forEach((id, i) => {
      ids[r * width + i] = BigInt(id);
      mask[r * width + i] = 1n;
    });
  });
  const shape = [rows.length, width];
  const outputs = await session.run({
    input_ids: { type: 'int64', shape, data: ids },
    attention_mask: { type: 'int64', shape, data: mask },
  });
  return outputs[manifest.model.outputs[0].name].data;
}

async function cpuUs(count, call) {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) await call(i);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
