import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DevError } from '../bootstrap/dev-error.mjs';
import { listFiles } from './pack-folder.ts';

/** The graph that is served, and why this one of several. */
export interface ChosenModel {
  readonly path: string;
  readonly reason: string;
}

/** Hugging Face's names, the smallest first: https://huggingface.co/docs/transformers.js/guides/dtypes */
const PREFERRED: readonly ChosenModel[] = [
  { path: 'onnx/model_quantized.onnx', reason: 'the quantized one: int8, the smallest and fastest at the edge' },
  { path: 'onnx/model_int8.onnx', reason: 'the int8 one' },
  { path: 'onnx/model.onnx', reason: 'there is no quantized one' },
  { path: 'model_quantized.onnx', reason: 'the quantized one' },
  { path: 'model.onnx', reason: 'the only usual name there is' },
];

/** What a Hugging Face folder has besides the graph that serving or a reader needs; other weights stay behind. */
const COMPANIONS =
  /^(config|tokenizer|tokenizer_config|special_tokens_map|preprocessor_config)\.json$|^(README\.md|LICENSE[A-Za-z.]*)$/;

/** Throws `DevError` when the folder has no ONNX file, or several without a usual name. */
export function chooseModel(folder: string): ChosenModel {
  const usual = PREFERRED.find((candidate) => existsSync(join(folder, candidate.path)));
  const chosen = usual ?? chooseOnlyOne(folder);
  refuseExternalData(folder, chosen.path);
  return chosen;
}

/** Paths of the files that belong into the pack beside the graph. */
export function chooseCompanions(folder: string): string[] {
  return listFiles(folder).filter((path) => COMPANIONS.test(path));
}

function chooseOnlyOne(folder: string): ChosenModel {
  const all = listFiles(folder).filter((path) => path.endsWith('.onnx'));
  const [first] = all;
  if (first !== undefined && all.length === 1) return { path: first, reason: 'the only ONNX file' };
  if (all.length > 1) {
    throw new DevError(
      `${folder} has several ONNX files: ${all.join(', ')}.`,
      'Name the one to serve model.onnx, or put it alone into a folder.',
    );
  }
  throw new DevError(
    `${folder} has no ONNX file.`,
    'Expected onnx/model_quantized.onnx, onnx/model.onnx or model.onnx. To make one: optimum-cli export onnx --model NAME FOLDER',
  );
}

/** Weights in a second file (onnx.proto3, TensorProto.external_data) are written under these names by the usual exporters. */
function refuseExternalData(folder: string, path: string): void {
  const second = [`${path}_data`, `${path}.data`].find((candidate) => existsSync(join(folder, candidate)));
  if (second !== undefined) throw externalDataError(`${path} keeps its weights in ${second}`);
}

export function externalDataError(what: string): DevError {
  return new DevError(
    `${what}, which can't be loaded at the edge.`,
    "Save it in one file: python -c \"import onnx; onnx.save(onnx.load('model.onnx'), 'single.onnx')\"",
  );
}
