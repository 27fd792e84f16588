import { createLambdaHandler, type LambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { parseEvaluateEnv } from '../../shared/adapters/aws/evaluate-env.ts';
import { createNodeImageDecoder } from '../../shared/adapters/aws/image-decoder.ts';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { openSqsQueue, type SqsBatchResponse, type SqsEvent } from '../../shared/adapters/aws/sqs-queue.ts';
import { createApp, type Deps } from './app.ts';
import { consume } from './consume.ts';
import type { EvaluateMessage } from './message.ts';
import { createPacks } from './packs.ts';
import { tick } from './tick.ts';

const engine = await createNodeOnnxEngine();
const decoder = await createNodeImageDecoder();
const { http, store, clock, background } = createPlatform(process.env);
const env = parseEvaluateEnv(process.env);
const own = openSqsQueue<EvaluateMessage>(env.EDGEMARK_EVALUATE_QUEUE_URL, env);
const deps: Deps = {
  ...http,
  store,
  queue: own.queue,
  packs: createPacks({ store, engine, decoder, clock }),
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
