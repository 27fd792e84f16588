import { type AskedModel, createPacks } from '../../functions/evaluate/packs.ts';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import type { PackCache } from '../../shared/model/pack-cache.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from './fake-clock.ts';

const made = { engine: createNodeOnnxEngine(), decoder: createNodeImageDecoder() };

/** The real engine and decoders, over any store. */
export async function nodePacks(store: BlobStore): Promise<PackCache<AskedModel>> {
  const [engine, decoder] = await Promise.all([made.engine, made.decoder]);
  return createPacks({ store, engine, decoder, clock: createFakeClock() });
}
