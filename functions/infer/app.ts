import { ok } from '../../shared/core/result.ts';
import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import {
  InferRequestSchema,
  inferRoute,
  inferVersionRoute,
  MAX_BODY_BYTES,
  ModelParamsSchema,
  modelReadyRoute,
  modelRoute,
  serverRoute,
  VersionParamsSchema,
} from './contract.ts';
import { describeModel, describeServer, type InferDeps, infer } from './infer.ts';

export type Deps = HttpDeps & InferDeps & { readonly version: string };

const common = { scope: 'infer', errors: 'open-inference' } as const;
const body = { schema: InferRequestSchema, limitBytes: MAX_BODY_BYTES };

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  app.get('/v2/health/live', (c) => c.json({ live: true }));
  app.get('/v2/health/ready', async (c) => {
    const ready = await deps.isReady().catch(() => false);
    return c.json({ ready }, ready ? 200 : 503);
  });
  mount(app, deps, { ...common, route: serverRoute }, async () => ok(describeServer(deps.version)));
  mount(app, deps, { ...common, route: modelRoute, params: ModelParamsSchema }, ({ params }, caller) =>
    describeModel(deps, params.model, caller),
  );
  mount(app, deps, { ...common, route: modelReadyRoute, params: ModelParamsSchema }, async ({ params }, caller) => {
    const model = await deps.serving.acquire(caller.tenant, params.model, caller.defer);
    return model.ok ? ok({ name: params.model, ready: true }) : model;
  });
  mount(app, deps, { ...common, route: inferRoute, params: ModelParamsSchema, body }, (input, caller) =>
    infer(deps, input.params.model, input.body, caller),
  );
  mount(app, deps, { ...common, route: inferVersionRoute, params: VersionParamsSchema, body }, (input, caller) =>
    infer(deps, `${input.params.model}@${input.params.version}`, input.body, caller),
  );
  return app;
}
