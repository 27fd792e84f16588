import { WorkerEntrypoint } from 'cloudflare:workers';
import { consumeCloudflareBatch, createCloudflareQueue } from '../../shared/adapters/cloudflare/cloudflare-queue.ts';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { parsePrepareEnv } from '../../shared/adapters/cloudflare/prepare-env.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createApp, type Deps } from './app.ts';
import { consume } from './consume.ts';
import type { PrepareMessage } from './message.ts';
import { tick } from './tick.ts';

let made: Deps | undefined;

/** Once per isolate. */
function depsOf(env: object): Deps {
  made ??= createDeps(env);
  return made;
}

function createDeps(env: object): Deps {
  const { http, store, clock } = createPlatform(env);
  const { PREPARE_QUEUE, DATASET_HOSTS } = parsePrepareEnv(env);
  return {
    ...http,
    // Storage that is still empty is ready to be written to.
    isReady: async () => (await store.list({ prefix: 'keys/', limit: 1 })).blobs.length > 0,
    store,
    clock,
    downloads: { hosts: DATASET_HOSTS, fetch: (url, init) => fetch(url, init) },
    queue: createCloudflareQueue<PrepareMessage>({ queue: PREPARE_QUEUE }),
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
