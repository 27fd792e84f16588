import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { InferenceEngine, InferenceSession } from '../ports/inference-engine.ts';
import type { Manifest } from './manifest.ts';
import { type PackLocation, readManifest, readPackFile } from './pack.ts';
import type { Loaded } from './pack-cache.ts';

/** Any ONNX pack, as raw tensors. */
export interface TensorModel extends Loaded {
  readonly manifest: Manifest;
  readonly session: InferenceSession;
}

/** Loads the graph of any pack, verified. */
export async function loadTensorModel(
  store: BlobStore,
  engine: InferenceEngine,
  location: PackLocation,
): Promise<Outcome<TensorModel>> {
  const label = `${location.name}@${location.version}`;
  const manifest = await readManifest(store, location);
  if (!manifest.ok) return manifest;
  if (!manifest.value) return fail({ kind: 'model-unusable', detail: `The manifest of ${label} is missing.` });
  const graph = await readPackFile(store, location, manifest.value, manifest.value.model.file);
  if (!graph.ok) return graph;
  const session = await engine.load(graph.value);
  if (!session.ok) {
    return fail({ kind: 'model-unusable', detail: `The graph of ${label} cannot run: ${session.failure.reason}` });
  }
  return ok({
    manifest: manifest.value,
    session: session.value,
    heapBytes: manifest.value.model.heapBytes,
    release: () => session.value.release(),
  });
}
