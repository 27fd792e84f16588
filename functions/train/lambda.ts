import { createLambdaHandler, type LambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { openCoordinator } from '../../shared/adapters/aws/coordinator-env.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { nodeRequestBody } from '../../shared/adapters/aws/node-request-body.ts';
import { parseTrainEnv } from '../../shared/adapters/aws/train-env.ts';
import { createHttpNotificationSource } from '../../shared/adapters/web/http-notification-source.ts';
import { openTrainingEndpoint } from '../../shared/adapters/web/training-endpoint.ts';
import { createApp, type Deps } from './app.ts';
import { tick } from './tick.ts';

const { http, store, clock, background } = createPlatform(process.env);

const deps: Deps = {
  ...http,
  store,
  clock,
  coordinator: openCoordinator(process.env, clock),
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  // Functions of AWS can't call one another without a key of the tenant: a person evaluates, and promotes.
  evaluations: null,
  endpoint: openTrainingEndpoint(parseTrainEnv(process.env).EDGEMARK_TRAINING, nodeRequestBody),
  notifications: createHttpNotificationSource(),
};

/** Behind API Gateway. */
export const handler: LambdaHandler = createLambdaHandler(createApp(deps), background);

/** Behind an EventBridge rule, each minute. */
export async function tickHandler(): Promise<void> {
  await tick(deps);
}
