import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createOnnxEngine } from '../../shared/adapters/web/onnx-engine.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { loadTextModel } from '../../shared/model/text-model.ts';
import { createApp } from './app.ts';

const engine = await createOnnxEngine(wasmModule);

export default serveApp((env) => {
  const { http, store, clock, onRefreshFailed } = createPlatform(env);
  const serving = createPackServing({ store, engine, clock, onRefreshFailed }, loadTextModel);
  return createApp({ ...http, store, registry: createRegistry(store), serving, clock });
});
