import { createLambdaHandler, type LambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { parseCollectEnv } from '../../shared/adapters/aws/collect-env.ts';
import { openCoordinator } from '../../shared/adapters/aws/coordinator-env.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { openSqsQueue, type SqsBatchResponse, type SqsEvent } from '../../shared/adapters/aws/sqs-queue.ts';
import { createCatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import { createPolicyReader } from '../../shared/customer/policy.ts';
import { createPseudonymizer } from '../../shared/customer/pseudonym.ts';
import { parsePseudonymSecret } from '../../shared/customer/pseudonym-secret.ts';
import { createApp, type Deps } from './app.ts';
import { consume } from './consume.ts';
import type { CollectMessage } from './message.ts';
import { tick } from './tick.ts';

const { http, store, clock, background } = createPlatform(process.env);
const env = parseCollectEnv(process.env);
const own = openSqsQueue<CollectMessage>(env.EDGEMARK_COLLECT_QUEUE_URL, env);

const deps: Deps = {
  ...http,
  isReady: async () => (await store.list({ prefix: 'keys/', limit: 1 })).blobs.length > 0,
  store,
  clock,
  queue: own.queue,
  coordinator: openCoordinator(process.env, clock),
  pseudonymizer: createPseudonymizer(parsePseudonymSecret(env.PSEUDONYM_SECRET)),
  policies: createPolicyReader(store, clock),
  catalogues: createCatalogueReader(store, clock),
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
