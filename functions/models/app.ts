import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import { type AliasesDeps, historyOf, promote, rollBack } from './aliases.ts';
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
import {
  historyRoute,
  PromoteRequestSchema,
  promoteRoute,
  RollbackRequestSchema,
  rollbackRoute,
} from './contract-aliases.ts';
import { chooseModel, chooseModelByRows, listModels, type ModelsDeps, showModel } from './models.ts';

export type Deps = HttpDeps & ModelsDeps & AliasesDeps;

const SCOPE = 'models:read';
const PROMOTE_SCOPE = 'models:promote';
/** Bytes of a request that moves an alias. */
const MAX_MOVE_BYTES = 16 * 1024;

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
  mount(app, deps, { route: historyRoute, scope: SCOPE, params: ModelParamsSchema }, ({ params }, caller) =>
    historyOf(deps, params.name, caller),
  );
  mount(
    app,
    deps,
    {
      route: promoteRoute,
      scope: PROMOTE_SCOPE,
      params: ModelParamsSchema,
      body: { schema: PromoteRequestSchema, limitBytes: MAX_MOVE_BYTES },
    },
    ({ params, body }, caller) => promote(deps, params.name, body, caller),
  );
  mount(
    app,
    deps,
    {
      route: rollbackRoute,
      scope: PROMOTE_SCOPE,
      params: ModelParamsSchema,
      body: { schema: RollbackRequestSchema, limitBytes: MAX_MOVE_BYTES },
    },
    ({ params, body }, caller) => rollBack(deps, params.name, body, caller),
  );
  return app;
}
