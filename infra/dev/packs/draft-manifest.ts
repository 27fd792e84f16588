import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, ManifestSchema, type TensorSpec, TensorTypeSchema } from '../../../shared/model/manifest.ts';
import type { InferenceSession, TensorInfo } from '../../../shared/ports/inference-engine.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { describeFile } from './pack-folder.ts';

export interface Draft {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly modelPath: string;
  readonly companions: readonly string[];
  readonly session: InferenceSession;
  /** Absent: raw tensors, no classifier. */
  readonly classifier?: TextClassifier | ImageClassifier;
}

interface Classifier {
  readonly labels: readonly string[];
  readonly scores: 'softmax' | 'sigmoid';
}

export interface TextClassifier extends Classifier {
  readonly task: 'text-classification';
  readonly maxTokens: number;
}

export interface ImageClassifier extends Classifier {
  readonly task: 'image-classification';
}

/** Heap of a loaded pack before it was measured: the runtime's own 16 MiB, the weights and what MatMul packs of them. */
const RUNTIME_HEAP_BYTES = 16 * 1024 * 1024;
const HEAP_PER_MODEL_BYTE = 2.4;

/** The manifest of a foreign folder. Throws `DevError` for tensor types that can't be served. */
export function draftManifest(draft: Draft): Manifest {
  const modelBytes = statSync(join(draft.folder, draft.modelPath)).size;
  return ManifestSchema.parse({
    schemaVersion: 1,
    name: draft.name,
    version: draft.version,
    task: draft.classifier?.task ?? 'tensors',
    // The file's own time, so that the same folder imported twice is the same pack.
    createdAt: statSync(join(draft.folder, draft.modelPath)).mtime.toISOString(),
    files: [...draft.companions, draft.modelPath].sort().map((path) => describeFile(draft.folder, path)),
    model: {
      file: draft.modelPath,
      precision: /quantized|int8/.test(draft.modelPath) ? 'int8' : 'unknown',
      inputs: draft.session.inputs.map(toSpec),
      outputs: draft.session.outputs.map(toSpec),
      heapBytes: Math.ceil(RUNTIME_HEAP_BYTES + HEAP_PER_MODEL_BYTE * modelBytes),
    },
    ...(draft.classifier ? describeClassifier(draft.classifier) : {}),
    lineage: { importedFrom: 'ONNX folder' },
  });
}

function describeClassifier(classifier: TextClassifier | ImageClassifier): Partial<Manifest> {
  const { scores } = classifier;
  const labels = [...classifier.labels];
  return classifier.task === 'image-classification'
    ? { image: { preprocessor: 'preprocessor_config.json' }, labels, scores }
    : { text: { tokenizer: 'tokenizer.json', maxTokens: classifier.maxTokens }, labels, scores };
}

function toSpec(tensor: TensorInfo): TensorSpec {
  const type = TensorTypeSchema.safeParse(tensor.type);
  if (!type.success) {
    throw new DevError(
      `"${tensor.name}" of the graph is ${tensor.type}; served are ${TensorTypeSchema.options.join(', ')}.`,
      'Export the model with float32 inputs and outputs (weights may be int8).',
    );
  }
  // ONNX lets a free dimension go without a name, or be -1.
  const shape = tensor.shape.map((size, at) =>
    size === '' || (typeof size === 'number' && size < 0) ? `dimension_${at}` : size,
  );
  return { name: tensor.name, type: type.data, shape };
}
