import { createLambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { VERSION } from '../../shared/core/version.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { loadTensorModel } from '../../shared/model/tensor-model.ts';
import { createApp } from './app.ts';

const engine = await createNodeOnnxEngine();
const { http, store, clock, onRefreshFailed, background } = createPlatform(process.env);
const serving = createPackServing({ store, engine, clock, onRefreshFailed }, loadTensorModel);

export const handler = createLambdaHandler(
  createApp({ ...http, registry: createRegistry(store), serving, version: VERSION }),
  background,
);
