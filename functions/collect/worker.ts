import { WorkerEntrypoint } from 'cloudflare:workers';
import { consumeCloudflareBatch, createCloudflareQueue } from '../../shared/adapters/cloudflare/cloudflare-queue.ts';
import { parseCollectEnv } from '../../shared/adapters/cloudflare/collect-env.ts';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { createDurableCoordinator } from '../../shared/adapters/cloudflare/durable-coordinator.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createCatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import { createPolicyReader } from '../../shared/customer/policy.ts';
import { createPseudonymizer } from '../../shared/customer/pseudonym.ts';
import { parsePseudonymSecret } from '../../shared/customer/pseudonym-secret.ts';
import { createApp, type Deps } from './app.ts';
import { consume } from './consume.ts';
import type { CollectMessage } from './message.ts';
import { tick } from './tick.ts';

export { CoordinatorObject } from '../../shared/adapters/cloudflare/durable-coordinator.ts';

let made: Deps | undefined;

/** Once per isolate. */
function depsOf(env: object): Deps {
  made ??= createDeps(env);
  return made;
}

function createDeps(env: object): Deps {
  const { http, store, clock } = createPlatform(env);
  const { COLLECT_QUEUE, COORDINATOR, PSEUDONYM_SECRET } = parseCollectEnv(env);
  return {
    ...http,
    // Storage that is still empty is ready to be written to.
    isReady: async () => (await store.list({ prefix: 'keys/', limit: 1 })).blobs.length > 0,
    store,
    clock,
    queue: createCloudflareQueue<CollectMessage>({ queue: COLLECT_QUEUE }),
    coordinator: createDurableCoordinator(COORDINATOR),
    pseudonymizer: createPseudonymizer(parsePseudonymSecret(PSEUDONYM_SECRET)),
    policies: createPolicyReader(store, clock),
    catalogues: createCatalogueReader(store, clock),
  };
}

/** What the gateway calls each minute, over its service binding: nothing else reaches it. */
export class Ticks extends WorkerEntrypoint<object> {
  async tick(): Promise<void> {
    await tick(depsOf(this.env));
  }
}

export default {
  ...serveApp((env) => createApp(depsOf(env))),
  async queue(batch: MessageBatch<string>, env: object): Promise<void> {
    await consumeCloudflareBatch(batch, (messages: readonly unknown[]) => consume(depsOf(env), messages));
  },
};
