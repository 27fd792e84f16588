import { createIdempotency } from '../../shared/http/idempotency.ts';
import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount, mountKeyless } from '../../shared/http/operation.ts';
import {
  cancelTrainingRoute,
  JobParamsSchema,
  listTrainingRoute,
  MAX_BODY_BYTES,
  retryTrainingRoute,
  ShowQuerySchema,
  showTrainingRoute,
  snsRoute,
  startTrainingRoute,
} from './contract.ts';
import { TrainRequestSchema } from './contract-request.ts';
import type { TrainDeps } from './deps.ts';
import { takeNotification } from './notified.ts';
import { SnsMessageSchema } from './sns-message.ts';
import { cancelTraining, drawTraining, listTraining, retryTraining, showTraining, startTraining } from './train.ts';

export type Deps = HttpDeps & TrainDeps;

const SCOPE = 'train';
const PROMOTE_SCOPE = 'models:promote';
/** SNS carries 256 KiB, and answers of rounds among them, in quotes. */
const MAX_NOTIFICATION_BYTES = 1024 * 1024;
const NOTIFICATIONS_PER_MINUTE = 600;

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  const idempotency = createIdempotency(deps.store, deps.coordinator, deps.clock, deps.newId);
  const one = { scope: SCOPE, params: JobParamsSchema } as const;
  mount(
    app,
    deps,
    {
      route: startTrainingRoute,
      scope: SCOPE,
      // Whoever lets gates decide lets a version serve.
      furtherScopes: ({ body }) => (body.promote.policy === 'gates' ? [PROMOTE_SCOPE] : []),
      status: 202,
      idempotency,
      body: { schema: TrainRequestSchema, limitBytes: MAX_BODY_BYTES },
    },
    ({ body }, caller) => startTraining(deps, body, caller),
  );
  mount(app, deps, { route: listTrainingRoute, scope: SCOPE }, (_input, caller) => listTraining(deps, caller));
  mount(app, deps, { ...one, route: showTrainingRoute, query: ShowQuerySchema }, ({ params, query }, caller) =>
    (query.format === 'svg' ? drawTraining : showTraining)(deps, params.id, caller),
  );
  mount(app, deps, { ...one, route: cancelTrainingRoute }, ({ params }, caller) =>
    cancelTraining(deps, params.id, caller),
  );
  mount(app, deps, { ...one, route: retryTrainingRoute, status: 202 }, ({ params }, caller) =>
    retryTraining(deps, params.id, caller),
  );
  const notified = { route: snsRoute, requestsPerMinute: NOTIFICATIONS_PER_MINUTE };
  const body = { schema: SnsMessageSchema, limitBytes: MAX_NOTIFICATION_BYTES };
  mountKeyless(app, deps, { ...notified, body }, (input) => takeNotification(deps, input.body));
  return app;
}
