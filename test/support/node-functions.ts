import { createApp as createClassify } from '../../functions/classify/app.ts';
import { createApp as createModels } from '../../functions/models/app.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createBlobKeyRing } from '../../shared/http/blob-key-ring.ts';
import { createLoadGauge } from '../../shared/http/load-gauge.ts';
import type { App, HttpDeps } from '../../shared/http/new-app.ts';
import { createRateLimiter } from '../../shared/http/rate-limiter.ts';
import type { IncidentRecord, RequestRecord } from '../../shared/http/request-log.ts';
import { createJoinedScorer, yieldTurnByBody } from '../../shared/model/joined-scorer.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { loadTextModel } from '../../shared/model/text-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';

/** Functions in this process, over any store and clock, with what they logged and deferred open to the test. */
export interface NodeFunctions {
  readonly classify: App;
  readonly models: App;
  readonly logged: readonly (RequestRecord | IncidentRecord)[];
  /** Names of models whose refresh failed. */
  readonly refreshFailures: readonly string[];
  /** Waits for the work that requests left behind. */
  settle(): Promise<void>;
}

export async function createNodeFunctions(store: BlobStore, clock: Clock): Promise<NodeFunctions> {
  const engine = await createNodeOnnxEngine();
  const logged: (RequestRecord | IncidentRecord)[] = [];
  const refreshFailures: string[] = [];
  const deferred: Promise<unknown>[] = [];
  const http: HttpDeps = {
    keyRing: createBlobKeyRing(store, clock),
    rateLimiter: createRateLimiter(clock),
    clock,
    log: (record) => logged.push(record),
    gauge: createLoadGauge(),
    newId: () => crypto.randomUUID(),
    isReady: async () => (await store.list({ prefix: 'models/', limit: 1 })).blobs.length > 0,
    background: (work) => deferred.push(work),
  };
  const onRefreshFailed = (model: string) => refreshFailures.push(model);
  const serving = createPackServing({ store, engine, clock, onRefreshFailed }, loadTextModel);
  const scorer = createJoinedScorer({ isBusy: () => http.gauge.inFlight() > 1, yieldTurn: yieldTurnByBody });
  return {
    classify: createClassify({ ...http, serving, scorer }),
    models: createModels({ ...http, store, registry: createRegistry(store), serving, clock }),
    logged,
    refreshFailures,
    async settle() {
      while (deferred.length > 0) await deferred.shift();
    },
  };
}
