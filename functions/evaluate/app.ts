import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import { readEvaluateBody } from './body.ts';
import {
  deleteEvaluationRoute,
  EvaluateQuerySchema,
  evaluateRoute,
  ShowParamsSchema,
  ShowQuerySchema,
  showEvaluationRoute,
} from './contract.ts';
import { MAX_PLAN_BYTES, PowerRequestSchema, powerRoute } from './contract-power.ts';
import type { EvaluateDeps } from './deps.ts';
import { evaluate } from './evaluate.ts';
import { planTest } from './power.ts';
import { removeEvaluation } from './remove.ts';
import { showEvaluation } from './stored.ts';

export type Deps = HttpDeps & EvaluateDeps;

const scope = 'evaluate';

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  mount(
    app,
    deps,
    { route: evaluateRoute, scope, query: EvaluateQuerySchema, body: { read: readEvaluateBody } },
    ({ body, query }, caller) => evaluate(deps, body, query, caller),
  );
  mount(
    app,
    deps,
    { route: showEvaluationRoute, scope, params: ShowParamsSchema, query: ShowQuerySchema },
    ({ params, query }, caller) => showEvaluation(deps, params.id, query, caller),
  );
  mount(
    app,
    deps,
    { route: powerRoute, scope, body: { schema: PowerRequestSchema, limitBytes: MAX_PLAN_BYTES } },
    async ({ body }, caller) => planTest(body, caller),
  );
  mount(app, deps, { route: deleteEvaluationRoute, scope, params: ShowParamsSchema }, ({ params }, caller) =>
    removeEvaluation(deps, params.id, caller),
  );
  return app;
}
