import { createLambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { loadTextModel } from '../../shared/model/text-model.ts';
import { createApp } from './app.ts';

const engine = await createNodeOnnxEngine();
const { http, store, clock, onRefreshFailed, background } = createPlatform(process.env);
const serving = createPackServing({ store, engine, clock, onRefreshFailed }, loadTextModel);

export const handler = createLambdaHandler(
  createApp({ ...http, store, registry: createRegistry(store), serving, clock }),
  background,
);
