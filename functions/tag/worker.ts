import jpegModule from '@cwasm/jpeg-turbo/jpeg-turbo.wasm';
import webpModule from '@jsquash/webp/codec/dec/webp_dec.wasm';
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createImageDecoder } from '../../shared/adapters/web/image-decoder.ts';
import { createOnnxEngine } from '../../shared/adapters/web/onnx-engine.ts';
import { loadImageModel } from '../../shared/model/image-model.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { createApp } from './app.ts';

const engine = await createOnnxEngine(wasmModule);
const decoder = createImageDecoder({ jpeg: jpegModule, webp: webpModule });

export default serveApp((env) => {
  const { http, store, clock, onRefreshFailed } = createPlatform(env);
  return createApp({
    ...http,
    serving: createPackServing({ store, engine, clock, onRefreshFailed }, loadImageModel),
    decoder,
    store,
  });
});
