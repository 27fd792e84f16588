import { createLambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { loadImageModel } from '../../shared/model/image-model.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { createApp } from './app.ts';

const engine = await createNodeOnnxEngine();
const decoder = await createNodeImageDecoder();
const { http, store, clock, onRefreshFailed, background } = createPlatform(process.env);

export const handler = createLambdaHandler(
  createApp({
    ...http,
    serving: createPackServing({ store, engine, clock, onRefreshFailed }, loadImageModel),
    decoder,
    store,
  }),
  background,
);
