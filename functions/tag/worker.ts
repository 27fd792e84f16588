import jpegModule from '@cwasm/jpeg-turbo/jpeg-turbo.wasm';
import webpModule from '@jsquash/webp/codec/dec/webp_dec.wasm';
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { createImageDecoder } from '../../shared/adapters/web/image-decoder.ts';
import { createOnnxEngine } from '../../shared/adapters/web/onnx-engine.ts';
import type { App } from '../../shared/http/new-app.ts';
import { loadImageModel } from '../../shared/model/image-model.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { createApp } from './app.ts';

const engine = await createOnnxEngine(wasmModule);
const decoder = createImageDecoder({ jpeg: jpegModule, webp: webpModule });
let app: App | undefined;

export default {
  fetch(request, env, context) {
    app ??= build(env);
    return app.fetch(request, env, context);
  },
} satisfies ExportedHandler<object>;

function build(env: object): App {
  const { http, store, clock, onRefreshFailed } = createPlatform(env);
  return createApp({
    ...http,
    serving: createPackServing({ store, engine, clock, onRefreshFailed }, loadImageModel),
    decoder,
    store,
  });
}
