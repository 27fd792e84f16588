import { type Classifier, createClassifiers } from '../../functions/evaluate/classifier.ts';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import type { PackCache } from '../../shared/model/pack-cache.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock } from './fake-clock.ts';

const made = { engine: createNodeOnnxEngine(), decoder: createNodeImageDecoder() };

/** The real engine and decoders, over any store. */
export async function nodeClassifiers(store: BlobStore): Promise<PackCache<Classifier>> {
  const [engine, decoder] = await Promise.all([made.engine, made.decoder]);
  return createClassifiers({ store, engine, decoder, clock: createFakeClock() });
}

/** For tests in which no model is asked. */
export const NO_CLASSIFIERS: PackCache<Classifier> = {
  acquire: async () => {
    throw new Error('no model was to be asked');
  },
  peek: () => undefined,
  usedBytes: () => 0,
};
