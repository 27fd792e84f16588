import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import {
  ChooseQuerySchema,
  ChooseRequestSchema,
  chooseByRowsRoute,
  chooseRoute,
  listRoute,
  MAX_BODY_BYTES,
  ModelParamsSchema,
  showRoute,
} from './contract.ts';
import { chooseModel, chooseModelByRows, listModels, type ModelsDeps, showModel } from './models.ts';

export type Deps = HttpDeps & ModelsDeps;

const SCOPE = 'models:read';

/** Mounts the contract on the capability. `choose` comes before `{name}`, which would take it. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  mount(app, deps, { route: listRoute, scope: SCOPE }, (_input, caller) => listModels(deps, caller));
  mount(app, deps, { route: chooseRoute, scope: SCOPE, query: ChooseQuerySchema }, ({ query }, caller) =>
    chooseModel(deps, query, caller),
  );
  mount(
    app,
    deps,
    { route: chooseByRowsRoute, scope: SCOPE, body: { schema: ChooseRequestSchema, limitBytes: MAX_BODY_BYTES } },
    ({ body }, caller) => chooseModelByRows(deps, body, caller),
  );
  mount(app, deps, { route: showRoute, scope: SCOPE, params: ModelParamsSchema }, ({ params }, caller) =>
    showModel(deps, params.name, caller),
  );
  return app;
}
