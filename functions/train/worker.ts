import { WorkerEntrypoint } from 'cloudflare:workers';
import { parseCoordinatorEnv } from '../../shared/adapters/cloudflare/coordinator-env.ts';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { createDurableCoordinator } from '../../shared/adapters/cloudflare/durable-coordinator.ts';
import { fixedLengthBody } from '../../shared/adapters/cloudflare/fixed-length-body.ts';
import { createRpcEvaluations } from '../../shared/adapters/cloudflare/rpc-evaluations.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { parseTrainEnv } from '../../shared/adapters/cloudflare/train-env.ts';
import { createHttpNotificationSource } from '../../shared/adapters/web/http-notification-source.ts';
import { openTrainingEndpoint } from '../../shared/adapters/web/training-endpoint.ts';
import { createApp, type Deps } from './app.ts';
import { tick } from './tick.ts';

let made: Deps | undefined;

/** Once per isolate. */
function depsOf(env: object): Deps {
  made ??= createDeps(env);
  return made;
}

function createDeps(env: object): Deps {
  const { http, store, clock } = createPlatform(env);
  const { EVALUATIONS, TRAINING } = parseTrainEnv(env);
  return {
    ...http,
    store,
    clock,
    coordinator: createDurableCoordinator(parseCoordinatorEnv(env).COORDINATOR),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    evaluations: createRpcEvaluations(EVALUATIONS),
    endpoint: openTrainingEndpoint(TRAINING, fixedLengthBody),
    notifications: createHttpNotificationSource(),
  };
}

/** What the gateway calls each minute, over its service binding: nothing else reaches it. */
export class Ticks extends WorkerEntrypoint<object> {
  async tick(): Promise<void> {
    await tick(depsOf(this.env));
  }
}

export default serveApp((env) => createApp(depsOf(env)));
