import { join } from 'node:path';
import { InferenceClient } from '@huggingface/inference';
import { expect, inject, test } from 'vitest';
import { findLocalBucket, findWorkers } from '../../infra/dev/workspace/workers.ts';
import { fixture } from '../support/image-fixtures.ts';
import { COLOUR_HEAD, PREPROCESSOR } from '../support/tiny-image-pack.ts';
import { paintPng } from '../support/tiny-images.ts';
import { tinyGraph, tinyImageGraph } from '../support/tiny-onnx.ts';
import { MOOD_LABELS, MOOD_WORDS, tinyPack } from '../support/tiny-pack.ts';
import { edgemark, edgemarkWith, post } from './support/instance.ts';
import { folderWith, huggingFaceFolder } from './support/onnx-folder.ts';

const TABLE = [
  [0, 0],
  [1, 2],
  [4, 8],
];

test('a folder with only model.onnx is served as raw tensors', async () => {
  const folder = folderWith({ 'model.onnx': tinyGraph({ table: TABLE }) });
  const imported = await edgemark('pack', 'import', folder, '--name', 'plain-tensors');
  expect(imported.code, imported.stderr).toBe(0);

  const response = await post('/v2/models/plain-tensors/infer', {
    inputs: [
      { name: 'input_ids', shape: [1, 3], datatype: 'INT64', data: [1, 2, 2] },
      { name: 'attention_mask', shape: [1, 3], datatype: 'INT64', data: [1, 1, 0] },
    ],
  });
  expect(response.status).toBe(200);
  // Row 1 of the table and once row 2; the second 2 is masked.
  expect(await response.json()).toMatchObject({
    model_name: 'plain-tensors',
    model_version: '1.0.0',
    outputs: [{ name: 'logits', data: [5, 10] }],
  });
});

test('a Hugging Face folder becomes a text classifier with its own labels', async () => {
  const folder = huggingFaceFolder(await tinyPack({ name: 'mood' }));
  const imported = await edgemark('pack', 'import', folder, '--name', 'imported-mood');
  expect(imported.code, imported.stderr).toBe(0);
  expect(imported.stderr).toContain('onnx/model_quantized.onnx');

  const answer = await edgemark('classify', 'good good good', 'bad', '--model', 'imported-mood', '--json');
  expect(answer.code, answer.stderr).toBe(0);
  const { results } = JSON.parse(answer.stdout);
  expect(results.map((result: { labels: { label: string }[] }) => result.labels[0]?.label)).toEqual([
    'positive',
    'negative',
  ]);
});

test('a Hugging Face folder becomes an image classifier, for the command line and for the real client', async () => {
  const red = paintPng(20, 10, () => [255, 0, 0]);
  const folder = folderWith({
    'config.json': JSON.stringify({ id2label: { 0: 'red', 1: 'green', 2: 'blue' } }),
    'preprocessor_config.json': JSON.stringify(PREPROCESSOR),
    'onnx/model.onnx': tinyImageGraph([COLOUR_HEAD], 4, false),
  });
  const imported = await edgemark('pack', 'import', folder, '--name', 'imported-paint');
  expect(imported.code, imported.stderr).toBe(0);

  const pictures = folderWith({ 'red.png': red, 'photo.webp': fixture('webp-lossy'), 'notes.txt': 'no picture' });
  const files = ['red.png', 'photo.webp', 'notes.txt'].map((name) => join(pictures, name));
  const told = await edgemark('tag', ...files, '--model', 'imported-paint');
  expect(told.code, told.stderr).toBe(0);
  const [first, second, third] = told.stdout.trim().split('\n');
  expect(first).toMatch(/^red 0\.965 {2}\| {2}.*red\.png$/);
  expect(second).toMatch(/^(red|green|blue) 0\.\d{3}/);
  expect(third).toContain('not an image');

  const endpointUrl = `${inject('url')}/hf/image-classification/imported-paint`;
  const client = new InferenceClient(inject('key'), { endpointUrl });
  const labels = await client.imageClassification({ data: new Blob([red]) });
  expect(labels.map(({ label }) => label)).toEqual(['red', 'green', 'blue']);
});

test('importing the same folder twice changes nothing; another one under the same version is refused', async () => {
  const folder = folderWith({ 'model.onnx': tinyGraph({ table: TABLE }) });
  expect((await edgemark('pack', 'import', folder, '--name', 'twice')).code).toBe(0);
  const again = await edgemark('pack', 'import', folder, '--name', 'twice');
  expect(again.stderr).toContain('already in');
  expect(again.code).toBe(0);

  const other = folderWith({
    'model.onnx': tinyGraph({
      table: [
        [0, 0],
        [3, 3],
      ],
    }),
  });
  const refused = await edgemark('pack', 'import', other, '--name', 'twice');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('never overwritten');
});

test.each([
  ['an empty folder', {}, 'has no ONNX file'],
  [
    'weights in a second file',
    { 'model.onnx': tinyGraph({ table: TABLE }), 'model.onnx_data': 'weights' },
    'keeps its weights in model.onnx_data',
  ],
  [
    'an operator that does not exist',
    { 'model.onnx': tinyGraph({ table: TABLE, reduceOperator: 'ReduceMystery' }) },
    "can't run in ONNX Runtime Web",
  ],
  ['a file that is no ONNX', { 'model.onnx': 'hello' }, "can't run in ONNX Runtime Web"],
])('%s is refused with words, and nothing is stored', async (_what, files, words) => {
  const refused = await edgemark('pack', 'import', folderWith(files), '--name', 'refused');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(words);
  expect((await edgemark('models', 'show', 'refused')).code).toBe(1);
});

test('labels that do not fit the graph are refused', async () => {
  const pack = await tinyPack({ name: 'mood', labels: MOOD_LABELS, words: MOOD_WORDS });
  const refused = await edgemark('pack', 'import', huggingFaceFolder(pack), '--name', 'misfit', '--labels', 'yes,no');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('3 logits for 2 labels');
});

test('any S3 bucket takes a pack, with credentials from the environment', async () => {
  const { bucket, accessKeyId, secretAccessKey } = findLocalBucket(findWorkers());
  const endpoint = `${inject('url')}/cdn-cgi/local/r2/s3`;
  const target = ['--s3', bucket, '--endpoint', endpoint, '--name', 'by-s3', '--tenant', 'local'];
  const folder = folderWith({ 'model.onnx': tinyGraph({ table: TABLE }) });
  const withoutCredentials = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const refused = await edgemarkWith(withoutCredentials, 'pack', 'import', folder, ...target);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('AWS_ACCESS_KEY_ID') });

  const credentials = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const imported = await edgemarkWith(credentials, 'pack', 'import', folder, ...target);
  expect(imported.code, imported.stderr).toBe(0);
  // A tenant's own model: the local key is of the tenant `local`.
  expect((await edgemark('models', 'show', 'by-s3')).stdout).toContain('by-s3@1.0.0');

  const wrong = await edgemarkWith(
    { ...credentials, AWS_SECRET_ACCESS_KEY: 'wrong' },
    'pack',
    'import',
    folder,
    ...target,
  );
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain('storage');
});
