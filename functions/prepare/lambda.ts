import { createLambdaHandler, type LambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { parsePrepareEnv } from '../../shared/adapters/aws/prepare-env.ts';
import { openSqsQueue, type SqsBatchResponse, type SqsEvent } from '../../shared/adapters/aws/sqs-queue.ts';
import { createApp, type Deps } from './app.ts';
import { consume } from './consume.ts';
import type { PrepareMessage } from './message.ts';
import { tick } from './tick.ts';

const { http, store, clock, background } = createPlatform(process.env);
const env = parsePrepareEnv(process.env);
const own = openSqsQueue<PrepareMessage>(env.EDGEMARK_PREPARE_QUEUE_URL, env);
const deps: Deps = {
  ...http,
  isReady: async () => (await store.list({ prefix: 'keys/', limit: 1 })).blobs.length > 0,
  store,
  clock,
  downloads: { hosts: env.EDGEMARK_DATASET_HOSTS, fetch: (url, init) => fetch(url, init) },
  queue: own.queue,
};

/** Behind API Gateway. */
export const handler: LambdaHandler = createLambdaHandler(createApp(deps), background);

/** Behind the queue, by an event source mapping that takes partial batch responses. */
export function queueHandler(event: SqsEvent): Promise<SqsBatchResponse> {
  return own.handle(event, (messages: readonly unknown[]) => consume(deps, messages));
}

/** Behind an EventBridge rule, each minute. */
export async function tickHandler(): Promise<void> {
  await tick(deps);
}
