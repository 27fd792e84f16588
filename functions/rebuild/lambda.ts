import { createLambdaHandler, type LambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { openCoordinator } from '../../shared/adapters/aws/coordinator-env.ts';
import { createPlatform } from '../../shared/adapters/aws/deps.ts';
import { createApp, type Deps } from './app.ts';
import { tick } from './tick.ts';

const { http, store, clock, background } = createPlatform(process.env);

const deps: Deps = {
  ...http,
  store,
  clock,
  coordinator: openCoordinator(process.env, clock),
};

/** Behind API Gateway. */
export const handler: LambdaHandler = createLambdaHandler(createApp(deps), background);

/** Behind an EventBridge rule, each minute. */
export async function tickHandler(): Promise<void> {
  await tick(deps);
}
