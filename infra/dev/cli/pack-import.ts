import { resolve } from 'node:path';
import { SHARED_MODELS_ROOT, tenantModelsRoot } from '../../../shared/model/model-keys.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { importFolder } from '../packs/import-folder.ts';
import { pointProduction } from '../packs/point-production.ts';
import { compareStored, type PackUpload, uploadPack } from '../packs/upload-pack.ts';
import {
  type Command,
  type CommandCall,
  isSet,
  listOption,
  onlyArgument,
  tenantOption,
  textOption,
} from './command.ts';
import { openTarget, TARGET_OPTIONS, type Target } from './target.ts';

export const packImportCommand: Command = {
  name: 'pack import',
  takes: 'FOLDER',
  summary: 'Serve an ONNX folder: make its manifest, check that it runs, upload it',
  details: [
    'FOLDER is a Hugging Face ONNX repository (config.json with id2label, tokenizer.json or preprocessor_config.json,',
    'onnx/model_quantized.onnx or onnx/model.onnx),',
    'a folder with only model.onnx (served as raw tensors under /v2), or a pack with a manifest.json. It is left as it is.',
  ].join('\n'),
  options: {
    name: { type: 'string', value: 'NAME', help: "the model's name (else the folder's)" },
    version: { type: 'string', value: 'V', help: '1.0.0 if left out; a version is never overwritten' },
    labels: { type: 'string', value: 'A,B', help: 'labels in the order of the logits, instead of id2label' },
    tenant: { type: 'string', value: 'NAME', help: "into this tenant's own models instead of the shared ones" },
    'no-alias': { type: 'boolean', help: 'leave the production alias where it is' },
    'dry-run': { type: 'boolean', help: 'check and print the manifest, upload nothing' },
    ...TARGET_OPTIONS,
  },
  async run(call) {
    const folder = resolve(onlyArgument(call, 'FOLDER'));
    const isDryRun = isSet(call, 'dry-run');
    // Found out before the work of checking: there is nowhere to upload to.
    const target = isDryRun ? undefined : await openTarget(call);
    const upload = await importFolder(folder, readOptions(call), (line) => console.error(`  ${line}`));
    if (!target) return console.log(new TextDecoder().decode(upload.manifestBytes).trimEnd());
    await store(target, upload);
    if (!isSet(call, 'no-alias')) await serve(target, upload);
    console.log(howToCall(target, upload));
  },
};

function readOptions(call: CommandCall) {
  const name = textOption(call, 'name');
  const version = textOption(call, 'version');
  const labels = listOption(call, 'labels');
  const tenant = tenantOption(call);
  return {
    root: tenant ? tenantModelsRoot(tenant) : SHARED_MODELS_ROOT,
    ...(name ? { name } : {}),
    ...(version ? { version } : {}),
    ...(labels ? { labels } : {}),
  };
}

async function store(target: Target, upload: PackUpload): Promise<void> {
  const { name, version } = upload.manifest;
  const stored = await compareStored(target.store, upload);
  if (stored === 'different') {
    throw new DevError(
      `the ${target.label} has another pack as ${name}@${version}, and a version is never overwritten.`,
      'Give a new one: --version 1.0.1',
    );
  }
  if (stored === 'missing') await uploadPack(target.store, upload);
  console.error(`  ${stored === 'missing' ? 'stored in' : 'already in'} the ${target.label}`);
}

async function serve(target: Target, upload: PackUpload): Promise<void> {
  const { name, version } = upload.manifest;
  const moved = await pointProduction(target.store, {
    root: upload.root,
    name,
    version,
    by: 'edgemark pack import',
    reason: 'imported',
  });
  if (!moved.ok) throw new DevError(moved.failure.detail, 'Run the command again.');
  console.error(
    `  production is now ${version}${moved.value.from && moved.value.from !== version ? ` (was ${moved.value.from})` : ''}`,
  );
}

function howToCall(target: Target, upload: PackUpload): string {
  const { name, task } = upload.manifest;
  if (task === 'text-classification') return `Try it: npm run edgemark -- classify "some text" --model ${name}`;
  if (task === 'image-classification') {
    return `Try it: npm run edgemark -- tag photo.jpg --model ${name}`;
  }
  return `Served at ${target.url ?? ''}/v2/models/${name}/infer`;
}
