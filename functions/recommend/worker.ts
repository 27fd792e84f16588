import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { parseCustomerEnv } from '../../shared/adapters/cloudflare/customer-env.ts';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createOnnxEngine } from '../../shared/adapters/web/onnx-engine.ts';
import { poolRandom } from '../../shared/core/random-pool.ts';
import { createArmsReader } from '../../shared/customer/arms-reader.ts';
import { createCatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { loadRecommenderModel } from '../../shared/model/recommender-model.ts';
import { createApp } from './app.ts';
import { createAssortments } from './assortment.ts';
import { openPseudonyms } from './pseudonyms.ts';

const engine = await createOnnxEngine(wasmModule);

export default serveApp((env) => {
  const { http, store, clock, onRefreshFailed } = createPlatform(env);
  return createApp({
    ...http,
    store,
    pseudonymizer: openPseudonyms(parseCustomerEnv(env).PSEUDONYM_SECRET),
    serving: createPackServing({ store, engine, clock, onRefreshFailed }, loadRecommenderModel),
    assortments: createAssortments(createCatalogueReader(store, clock)),
    arms: createArmsReader(store, clock),
    randomBytes: poolRandom((count) => crypto.getRandomValues(new Uint8Array(count))),
  });
});
