import { sha256Hex } from '../../shared/core/hex.ts';
import { type Manifest, ManifestSchema } from '../../shared/model/manifest.ts';
import { tinyGraph } from './tiny-onnx.ts';
import { utf8 } from './utf8.ts';

/** A pack as it lies in storage: paths below its prefix and their bytes; `manifest.json` is one of them. */
export interface TinyPack {
  readonly name: string;
  readonly version: string;
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export interface TinyPackOptions {
  readonly name: string;
  readonly version?: string;
  readonly labels?: readonly string[];
  /** Logits that each word adds, in the order of `labels`. Use sums of powers of two: they are exact in float32. */
  readonly words?: Readonly<Record<string, readonly number[]>>;
  readonly scores?: 'softmax' | 'sigmoid';
  readonly maxTokens?: number;
  readonly languages?: readonly string[];
  readonly accuracy?: number;
  readonly heapBytes?: number;
  readonly idsName?: string;
  readonly reduceOperator?: string;
}

export const MOOD_LABELS = ['negative', 'neutral', 'positive'];
/** "good" and "bad" mirror each other; "fine" speaks for neutral; every other word says nothing. */
export const MOOD_WORDS = { good: [-1, 0, 2], bad: [2, 0, -1], fine: [0, 1, 0] };

const GRAPH_PATH = 'onnx/model_quantized.onnx';
const TOKENIZER_PATH = 'tokenizer.json';
/** 16 MiB: more than the session takes, as a real pack's estimate. */
const HEAP_BYTES = 16 * 1024 * 1024;

/** A deterministic text classifier of a few hundred bytes: a word's weights are summed, nothing else is done. */
export async function tinyPack(options: TinyPackOptions): Promise<TinyPack> {
  const { name, version = '1.0.0', labels = MOOD_LABELS, words = MOOD_WORDS } = options;
  const vocabulary = ['[PAD]', '[UNK]', ...Object.keys(words)];
  const table = [labels.map(() => 0), labels.map(() => 0), ...Object.values(words)];
  const content = new Map<string, Uint8Array<ArrayBuffer>>([
    ['README.md', utf8(`# ${name}\n\nA tiny model for tests.\n`)],
    [GRAPH_PATH, tinyGraph({ table, ...pick(options, 'idsName', 'reduceOperator') })],
    [TOKENIZER_PATH, utf8(JSON.stringify(tokenizer(vocabulary)))],
  ]);
  const manifest = ManifestSchema.parse({
    schemaVersion: 1,
    name,
    version,
    task: 'text-classification',
    title: `Tiny ${name}`,
    languages: options.languages ?? ['en'],
    files: await fileEntries(content),
    model: {
      file: GRAPH_PATH,
      precision: 'fp32',
      inputs: ['input_ids', 'attention_mask'].map((input) => ({
        name: input,
        type: 'int64',
        shape: ['batch', 'sequence'],
      })),
      outputs: [{ name: 'logits', type: 'float32', shape: ['batch', labels.length] }],
      heapBytes: options.heapBytes ?? HEAP_BYTES,
    },
    text: { tokenizer: TOKENIZER_PATH, maxTokens: options.maxTokens ?? 64 },
    labels,
    scores: options.scores ?? 'softmax',
    metrics: [{ name: 'accuracy', value: options.accuracy ?? 0.5, dataset: 'made-up', split: 'test' }],
  });
  return withManifest({ name, version, manifest, files: content }, {});
}

/** What a manifest says of its files. */
export function fileEntries(content: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Promise<Manifest['files']> {
  return Promise.all(
    [...content].map(async ([path, bytes]) => ({ path, sizeBytes: bytes.length, sha256: await sha256Hex(bytes) })),
  );
}

/** The same pack with one file's bytes replaced, or left out with `null`; the manifest's own entry stays as it was. */
export function withFile(pack: TinyPack, path: string, bytes: Uint8Array<ArrayBuffer> | null): TinyPack {
  const files = new Map(pack.files);
  if (bytes === null) files.delete(path);
  else files.set(path, bytes);
  return { ...pack, files };
}

/** The same pack whose stored manifest has other fields than it should. */
export function withManifest(pack: TinyPack, changes: Readonly<Record<string, unknown>>): TinyPack {
  return withFile(pack, 'manifest.json', utf8(JSON.stringify({ ...pack.manifest, ...changes })));
}

export function graphBytes(pack: TinyPack): Uint8Array<ArrayBuffer> {
  const bytes = pack.files.get(GRAPH_PATH);
  if (!bytes) throw new Error('the pack has no graph');
  return bytes;
}

/** Whole lower-case words as WordPiece tokens: what the vocabulary lacks is `[UNK]`. */
function tokenizer(vocabulary: readonly string[]): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  };
}

function pick<T extends object, K extends keyof T>(from: T, ...keys: K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  return picked;
}
