import { expect, test } from 'vitest';
import { DevError } from '../../infra/dev/bootstrap/dev-error.mjs';
import { chooseModel } from '../../infra/dev/packs/choose-files.ts';
import { readHuggingFaceConfig } from '../../infra/dev/packs/hugging-face-config.ts';
import { importFolder } from '../../infra/dev/packs/import-folder.ts';
import { folderWith } from '../e2e/support/onnx-folder.ts';
import { COLOUR_HEAD, PREPROCESSOR } from '../support/tiny-image-pack.ts';
import { tinyImageGraph } from '../support/tiny-onnx.ts';

test('the quantized graph is chosen before the full one', () => {
  const folder = folderWith({ 'onnx/model.onnx': '', 'onnx/model_quantized.onnx': '', 'model.onnx': '' });
  expect(chooseModel(folder).path).toBe('onnx/model_quantized.onnx');
});

test('an only graph is chosen whatever its name, several unusual names are an error', () => {
  expect(chooseModel(folderWith({ 'net.onnx': '' })).path).toBe('net.onnx');
  expect(() => chooseModel(folderWith({ 'a.onnx': '', 'b.onnx': '' }))).toThrow('several ONNX files');
});

test('labels come in the order of their ids, not of the file', () => {
  const folder = folderWith({ 'config.json': JSON.stringify({ id2label: { 1: 'b', 0: 'a', 2: 'c' } }) });
  expect(readHuggingFaceConfig(folder)?.labels).toEqual(['a', 'b', 'c']);
});

test('a gap in the ids is an error', () => {
  const folder = folderWith({ 'config.json': JSON.stringify({ id2label: { 0: 'a', 2: 'c' } }) });
  expect(() => readHuggingFaceConfig(folder)).toThrow(DevError);
});

test('multi-label models get independent scores, and the shortest limit holds', () => {
  const folder = folderWith({
    'config.json': JSON.stringify({ problem_type: 'multi_label_classification', max_position_embeddings: 514 }),
    'tokenizer_config.json': JSON.stringify({ model_max_length: 128 }),
  });
  expect(readHuggingFaceConfig(folder)).toMatchObject({ scores: 'sigmoid', maxTokens: 128 });
});

test('a tokenizer without a limit leaves the usual one', () => {
  const folder = folderWith({ 'config.json': '{}', 'tokenizer_config.json': '{"model_max_length": 1e30}' });
  expect(readHuggingFaceConfig(folder)?.maxTokens).toBe(512);
});

test('a folder with a graph of pixels and a preprocessor becomes an image classifier, and is run', async () => {
  const said: string[] = [];
  const folder = folderWith({
    'config.json': JSON.stringify({ id2label: { 0: 'red', 1: 'green', 2: 'blue' } }),
    'preprocessor_config.json': JSON.stringify(PREPROCESSOR),
    'onnx/model.onnx': tinyImageGraph([COLOUR_HEAD], 4, false),
  });
  const { manifest } = await importFolder(folder, { root: 'models', name: 'paint' }, (line) => said.push(line));
  expect(manifest).toMatchObject({
    task: 'image-classification',
    image: { preprocessor: 'preprocessor_config.json' },
    labels: ['red', 'green', 'blue'],
  });
  expect(said.join('\n')).toContain('ran on a grey picture at 4 × 4, 3 labels');
});

test('a preprocessor that asks for more than is done here is told before anything is stored', async () => {
  const folder = folderWith({
    'config.json': JSON.stringify({ id2label: { 0: 'red', 1: 'green', 2: 'blue' } }),
    'preprocessor_config.json': JSON.stringify({ ...PREPROCESSOR, resample: 5 }),
    'onnx/model.onnx': tinyImageGraph([COLOUR_HEAD], 4, false),
  });
  await expect(importFolder(folder, { root: 'models', name: 'paint' }, () => {})).rejects.toThrow('resample');
});
