import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createNodeOnnxEngine } from '../../../shared/adapters/aws/onnx-engine.ts';
import { type Manifest, ManifestSchema, ModelNameSchema, ModelVersionSchema } from '../../../shared/model/manifest.ts';
import type { InferenceEngine, InferenceSession } from '../../../shared/ports/inference-engine.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { chooseCompanions, chooseModel, externalDataError } from './choose-files.ts';
import { type Draft, draftManifest } from './draft-manifest.ts';
import { readHuggingFaceConfig } from './hugging-face-config.ts';
import { MANIFEST_FILE, verifyPackFolder } from './pack-folder.ts';
import { tryPack } from './trial-run.ts';
import { type PackUpload, packUpload } from './upload-pack.ts';

export interface ImportOptions {
  readonly name?: string;
  readonly version?: string;
  readonly labels?: readonly string[];
  /** `models` or `tenants/{tenant}/models`. */
  readonly root: string;
}

/**
 * Makes a pack of a folder: one with a manifest of ours is verified, a foreign one gets a manifest. Either is loaded and run
 * as the functions would. Throws `DevError` with what is missing or can't run. `say` gets each decision with its reason.
 */
export async function importFolder(
  folder: string,
  options: ImportOptions,
  say: (line: string) => void,
): Promise<PackUpload> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new DevError(`${folder} is not a folder.`, 'Name the folder that holds the ONNX file.');
  const engine = await createNodeOnnxEngine();
  const isPack = existsSync(join(folder, MANIFEST_FILE));
  const upload = isPack ? openPack(folder, options, say) : await draftPack(engine, folder, options, say);
  say(await tryPack(engine, upload));
  warnOfHeap(engine.heapBytes(), say);
  return isPack ? upload : withMeasuredHeap(upload, engine.heapBytes());
}

function openPack(folder: string, options: ImportOptions, say: (line: string) => void): PackUpload {
  const verified = verifyPackFolder(folder);
  if (!verified.ok)
    throw new DevError(
      `manifest.json is there but the pack is not sound:\n  ${verified.failure.join('\n  ')}`,
      'Make the pack anew, or remove manifest.json to have one made.',
    );
  const { name, version } = verified.value;
  const differs = (options.name ?? name) !== name || (options.version ?? version) !== version || options.labels;
  if (differs)
    throw new DevError(
      `the folder's manifest.json says ${name}@${version}; --name, --version and --labels can't change it.`,
      'Leave them out, or change the manifest.',
    );
  say(`manifest.json is there: ${name}@${version}`);
  return packUpload(folder, verified.value, options.root);
}

async function draftPack(
  engine: InferenceEngine,
  folder: string,
  options: ImportOptions,
  say: (line: string) => void,
): Promise<PackUpload> {
  const model = chooseModel(folder);
  say(`graph: ${model.path} (${model.reason})`);
  const session = await openGraph(engine, folder, model.path);
  const classifier = findClassifier(folder, session, options.labels, say);
  const companions = chooseCompanions(folder);
  const draft: Draft = {
    folder,
    name: chooseName(folder, options.name),
    version: chooseVersion(options.version),
    modelPath: model.path,
    companions,
    session,
    ...(classifier ? { classifier } : {}),
  };
  const manifest = draftManifest(draft);
  await session.release();
  say(`name: ${manifest.name}@${manifest.version}, task: ${manifest.task}, files: ${manifest.files.length}`);
  return { folder, manifest, manifestBytes: encodeManifest(manifest), root: options.root };
}

async function openGraph(engine: InferenceEngine, folder: string, path: string): Promise<InferenceSession> {
  const loaded = await engine.load(new Uint8Array(readFileSync(join(folder, path))));
  if (loaded.ok) return loaded.value;
  const { reason } = loaded.failure;
  if (/external data|external_data/i.test(reason)) throw externalDataError(`${path} keeps its weights in another file`);
  throw new DevError(
    `${path} can't run in ONNX Runtime Web: ${reason}`,
    'It takes standard ONNX operators up to opset 21 in one file. Export it again, or check it with onnx.checker.',
  );
}

function findClassifier(
  folder: string,
  session: InferenceSession,
  labels: readonly string[] | undefined,
  say: (line: string) => void,
): Draft['classifier'] {
  const config = readHuggingFaceConfig(folder);
  const names = labels ?? config?.labels;
  if (names && takesPictures(folder, session)) {
    say(`image classifier with ${listLabels(names)}`);
    return { task: 'image-classification', labels: names, scores: config?.scores ?? 'softmax' };
  }
  const missing = [
    ...(names ? [] : ['labels (id2label in config.json, or --labels)']),
    ...(existsSync(join(folder, 'tokenizer.json')) ? [] : ['tokenizer.json']),
    ...(session.inputs.some((input) => input.name === 'input_ids') ? [] : ['an input "input_ids"']),
  ];
  if (names && missing.length === 0) {
    say(`text classifier with ${listLabels(names)}`);
    return {
      task: 'text-classification',
      labels: names,
      scores: config?.scores ?? 'softmax',
      maxTokens: config?.maxTokens ?? 512,
    };
  }
  if (labels)
    throw new DevError(
      `--labels makes a classifier, but there is no ${missing.join(' and no ')}.`,
      'Add it, or leave --labels out: the graph is then served as raw tensors.',
    );
  say(`raw tensors, served under /v2 only: for a text classifier there is no ${missing.join(', no ')}`);
  return undefined;
}

function takesPictures(folder: string, session: InferenceSession): boolean {
  return (
    existsSync(join(folder, 'preprocessor_config.json')) &&
    session.inputs.some((input) => input.name === 'pixel_values')
  );
}

function listLabels(labels: readonly string[]): string {
  return `${labels.length} labels: ${labels.slice(0, 8).join(', ')}${labels.length > 8 ? ', …' : ''}`;
}

function chooseName(folder: string, wanted: string | undefined): string {
  const name =
    wanted ??
    basename(folder)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 63);
  if (ModelNameSchema.safeParse(name).success) return name;
  throw new DevError(`"${name}" can't be a model's name.`, 'Give --name with lower-case letters, digits and hyphens.');
}

function chooseVersion(wanted = '1.0.0'): string {
  if (ModelVersionSchema.safeParse(wanted).success) return wanted;
  throw new DevError(`"${wanted}" can't be a version.`, 'Give --version starting with a digit, such as 1.2.0.');
}

function encodeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(ManifestSchema.parse(manifest), null, 2)}\n`);
}

/** The estimate gives way to what loading and running took; the heap never shrinks, so it is the most there was. */
function withMeasuredHeap(upload: PackUpload, heapBytes: number): PackUpload {
  const manifest = { ...upload.manifest, model: { ...upload.manifest.model, heapBytes } };
  return { ...upload, manifest, manifestBytes: encodeManifest(manifest) };
}

/** What packs may take of an isolate's 128 MB. */
const HEAP_BUDGET_BYTES = 100 * 1024 * 1024;

function warnOfHeap(heapBytes: number, say: (line: string) => void): void {
  const mebibytes = (heapBytes / 1024 / 1024).toFixed(0);
  say(`heap after the run: ${mebibytes} MiB`);
  if (heapBytes > HEAP_BUDGET_BYTES)
    say(`warning: a Worker has room for 100 MiB; this pack fits a Lambda function or a smaller export`);
}
