import { consumeCloudflareBatch, createCloudflareQueue } from '../../shared/adapters/cloudflare/cloudflare-queue.ts';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { parseEvaluateEnv } from '../../shared/adapters/cloudflare/evaluate-env.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createApp, type Deps } from './app.ts';
import { consume } from './consume.ts';
import type { EvaluateMessage } from './message.ts';

let made: Deps | undefined;

/** Once per isolate. */
function depsOf(env: object): Deps {
  made ??= createDeps(env);
  return made;
}

function createDeps(env: object): Deps {
  const { http, store } = createPlatform(env);
  const { EVALUATE_QUEUE } = parseEvaluateEnv(env);
  return { ...http, store, queue: createCloudflareQueue<EvaluateMessage>({ queue: EVALUATE_QUEUE }) };
}

export default {
  ...serveApp((env) => createApp(depsOf(env))),
  async queue(batch: MessageBatch<string>, env: object): Promise<void> {
    await consumeCloudflareBatch(batch, (messages: readonly unknown[]) => consume(depsOf(env), messages));
  },
};
