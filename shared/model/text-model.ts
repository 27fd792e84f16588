import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import { sigmoid, softmax } from '../core/softmax.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { InferenceEngine, InferenceSession, Tensor } from '../ports/inference-engine.ts';
import type { Manifest } from './manifest.ts';
import { type PackLocation, readManifest, readPackFile, wrongTask } from './pack.ts';
import type { Loaded } from './pack-cache.ts';
import { planRuns } from './run-plan.ts';
import { createTokenizer, type EncodedText, type Tokenizer } from './tokenizer.ts';

/** A text classifier ready to answer. */
export interface TextModel extends Loaded {
  readonly manifest: Manifest;
  readonly labels: readonly string[];
  encode(text: string): EncodedText;
  /** Scores per row, in the order of `labels`: probabilities that sum to 1, or independent ones, as the manifest says. */
  score(rows: readonly EncodedText[]): Promise<Float64Array[]>;
}

const LOGITS = 'logits';
const KNOWN_INPUTS = new Set(['input_ids', 'attention_mask', 'token_type_ids']);

/** Loads a text-classification pack: manifest, tokenizer and graph, each verified. */
export async function loadTextModel(
  store: BlobStore,
  engine: InferenceEngine,
  location: PackLocation,
): Promise<Outcome<TextModel>> {
  const read = await readManifest(store, location);
  if (!read.ok) return read;
  const manifest = read.value;
  const label = `${location.name}@${location.version}`;
  if (!manifest) return unusable(`The manifest of ${label} is missing.`);
  if (manifest.task !== 'text-classification') return wrongTask(manifest, 'a text classifier');
  if (!manifest.text || !manifest.labels) return unusable(`The manifest of ${label} lacks labels or a tokenizer.`);
  const [tokenizerJson, graph] = await Promise.all([
    readPackFile(store, location, manifest, manifest.text.tokenizer),
    readPackFile(store, location, manifest, manifest.model.file),
  ]);
  if (!tokenizerJson.ok) return tokenizerJson;
  if (!graph.ok) return graph;
  const tokenizer = openTokenizer(tokenizerJson.value, label);
  if (!tokenizer.ok) return tokenizer;
  const session = await engine.load(graph.value);
  if (!session.ok) return unusable(`The graph of ${label} cannot run: ${session.failure.reason}`);
  const misfit = findMisfit(session.value, manifest.labels.length);
  if (misfit !== null) {
    await session.value.release();
    return unusable(`The graph of ${label} does not fit a text classifier: ${misfit}`);
  }
  return ok(createTextModel(manifest, tokenizer.value, session.value));
}

function createTextModel(manifest: Manifest, tokenizer: Tokenizer, session: InferenceSession): TextModel {
  const labels = manifest.labels ?? [];
  const maxTokens = manifest.text?.maxTokens ?? 512;
  const normalise = manifest.scores === 'sigmoid' ? sigmoid : softmax;
  const inputNames = session.inputs.map((input) => input.name);
  const outputName = findLogits(session);
  return {
    manifest,
    labels,
    heapBytes: manifest.model.heapBytes,
    encode: (text) => tokenizer.encode(text, maxTokens),
    async score(rows) {
      const scores = new Array<Float64Array>(rows.length);
      for (const run of planRuns(rows.map((row) => row.ids.length))) {
        const feeds = padRows(
          run.map((index) => rows[index] as EncodedText),
          inputNames,
        );
        const output = (await session.run(feeds))[outputName] as Tensor;
        const logits = output.data as Float32Array;
        run.forEach((index, at) => {
          scores[index] = normalise(logits.subarray(at * labels.length, (at + 1) * labels.length));
        });
      }
      return scores;
    },
    release: () => session.release(),
  };
}

/**
 * `input_ids`, `attention_mask` (and zero `token_type_ids`) of shape [rows, longest]; padding is id 0 with mask 0. Only the low
 * halves of the 64-bit integers are written (WebAssembly is little-endian, and so is every platform that runs it): a BigInt each
 * would be an object each.
 */
function padRows(rows: readonly EncodedText[], inputNames: readonly string[]): Record<string, Tensor> {
  const width = rows.reduce((longest, row) => Math.max(longest, row.ids.length), 1);
  const shape = [rows.length, width];
  const feeds: Record<string, Tensor> = {};
  for (const name of inputNames) {
    const data = new BigInt64Array(rows.length * width);
    if (name === 'input_ids') fillLowHalves(data, rows, width, (id) => id);
    else if (name === 'attention_mask') fillLowHalves(data, rows, width, () => 1);
    feeds[name] = { type: 'int64', shape, data };
  }
  return feeds;
}

function fillLowHalves(
  data: BigInt64Array,
  rows: readonly EncodedText[],
  width: number,
  toHalf: (id: number) => number,
): void {
  const halves = new Int32Array(data.buffer);
  for (let r = 0; r < rows.length; r++) {
    const { ids } = rows[r] as EncodedText;
    for (let i = 0; i < ids.length; i++) halves[2 * (r * width + i)] = toHalf(ids[i] as number);
  }
}

function openTokenizer(bytes: Uint8Array, label: string): Outcome<Tokenizer> {
  try {
    return ok(createTokenizer(bytes));
  } catch {
    return unusable(`The tokenizer of ${label} cannot be read: it is not a tokenizer.json of a supported kind.`);
  }
}

/** Why the graph can't classify texts, or null. */
function findMisfit(session: InferenceSession, labelCount: number): string | null {
  const unknown = session.inputs.find((input) => !KNOWN_INPUTS.has(input.name) || input.type !== 'int64');
  if (unknown)
    return `its input "${unknown.name}" (${unknown.type}) is not one of int64 ${[...KNOWN_INPUTS].join(', ')}.`;
  if (!session.inputs.some((input) => input.name === 'input_ids')) return 'it has no input "input_ids".';
  const output = session.outputs.find((candidate) => candidate.name === findLogits(session));
  if (output?.type !== 'float32') return 'it has no float32 output "logits".';
  const width = output.shape.at(-1);
  if (typeof width === 'number' && width > 0 && width !== labelCount) {
    return `it gives ${width} logits for ${labelCount} labels.`;
  }
  return null;
}

function findLogits(session: InferenceSession): string {
  return session.outputs.find((output) => output.name === LOGITS)?.name ?? session.outputs[0]?.name ?? LOGITS;
}

function unusable(detail: string): Outcome<never> {
  return fail({ kind: 'model-unusable', detail });
}
