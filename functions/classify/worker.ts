import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createOnnxEngine } from '../../shared/adapters/web/onnx-engine.ts';
import { createJoinedScorer, yieldTurnByBody } from '../../shared/model/joined-scorer.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { loadTextModel } from '../../shared/model/text-model.ts';
import { createApp } from './app.ts';

const engine = await createOnnxEngine(wasmModule);

export default serveApp((env) => {
  const { http, store, clock, onRefreshFailed } = createPlatform(env);
  return createApp({
    ...http,
    serving: createPackServing({ store, engine, clock, onRefreshFailed }, loadTextModel),
    scorer: createJoinedScorer({ isBusy: () => http.gauge.inFlight() > 1, yieldTurn: yieldTurnByBody }),
  });
});
