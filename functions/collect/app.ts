import { createIdempotency } from '../../shared/http/idempotency.ts';
import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import { collectEvents, collectFeedback, putItems, putUsers } from './collect.ts';
import {
  EventsRequestSchema,
  ExportQuerySchema,
  eraseUserRoute,
  eventsRoute,
  exportUserRoute,
  FeedbackRequestSchema,
  feedbackRoute,
  ItemsRequestSchema,
  itemsRoute,
  MAX_BODY_BYTES,
  MAX_POLICY_BODY_BYTES,
  PolicyRequestSchema,
  putPolicyRoute,
  ReportQuerySchema,
  reportRoute,
  showPolicyRoute,
  UserParamsSchema,
  UsersRequestSchema,
  usersRoute,
} from './contract.ts';
import {
  finishImportRoute,
  ImportParamsSchema,
  ImportPartParamsSchema,
  ImportQuerySchema,
  importPartRoute,
  importRoute,
  showImportRoute,
} from './contract-imports.ts';
import type { CollectDeps } from './deps.ts';
import { readImportBody, readPartBody } from './import-body.ts';
import { finishImport, importFile, putImportPart, showImport } from './imports.ts';
import { putPolicy, showPolicy } from './policy.ts';
import { reportEvents } from './report.ts';
import { eraseUser, exportUser } from './users.ts';

export type Deps = HttpDeps & CollectDeps;

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  const idempotency = createIdempotency(deps.store, deps.coordinator, deps.clock, deps.newId);
  const writing = { scope: 'collect', status: 202, idempotency } as const;
  const limitBytes = MAX_BODY_BYTES;
  mount(
    app,
    deps,
    { ...writing, route: eventsRoute, body: { schema: EventsRequestSchema, limitBytes } },
    ({ body }, caller) => collectEvents(deps, body, caller),
  );
  mount(
    app,
    deps,
    { ...writing, route: itemsRoute, body: { schema: ItemsRequestSchema, limitBytes } },
    ({ body }, caller) => putItems(deps, body, caller),
  );
  mount(
    app,
    deps,
    { ...writing, route: usersRoute, body: { schema: UsersRequestSchema, limitBytes } },
    ({ body }, caller) => putUsers(deps, body, caller),
  );
  mount(
    app,
    deps,
    { ...writing, route: feedbackRoute, body: { schema: FeedbackRequestSchema, limitBytes } },
    ({ body }, caller) => collectFeedback(deps, body, caller),
  );
  mount(
    app,
    deps,
    { route: eraseUserRoute, scope: 'privacy', idempotency, params: UserParamsSchema },
    ({ params }, caller) => eraseUser(deps, params.id, caller),
  );
  mount(
    app,
    deps,
    { route: exportUserRoute, scope: 'privacy', params: UserParamsSchema, query: ExportQuerySchema },
    ({ params, query }, caller) => exportUser(deps, params.id, query, caller),
  );
  mount(app, deps, { route: showPolicyRoute, scope: 'privacy' }, (_input, caller) => showPolicy(deps, caller));
  mount(
    app,
    deps,
    {
      route: putPolicyRoute,
      scope: 'privacy',
      idempotency,
      body: { schema: PolicyRequestSchema, limitBytes: MAX_POLICY_BODY_BYTES },
    },
    ({ body }, caller) => putPolicy(deps, body, caller),
  );
  mount(
    app,
    deps,
    { route: importRoute, scope: 'collect', query: ImportQuerySchema, body: { read: readImportBody } },
    ({ body, query }, caller) => importFile(deps, body, query, caller),
  );
  mount(
    app,
    deps,
    { route: importPartRoute, scope: 'collect', params: ImportPartParamsSchema, body: { read: readPartBody } },
    ({ params, body }, caller) => putImportPart(deps, params, body, caller),
  );
  mount(app, deps, { route: finishImportRoute, scope: 'collect', params: ImportParamsSchema }, ({ params }, caller) =>
    finishImport(deps, params.id, caller),
  );
  mount(app, deps, { route: showImportRoute, scope: 'collect', params: ImportParamsSchema }, ({ params }, caller) =>
    showImport(deps, params.id, caller),
  );
  mount(app, deps, { route: reportRoute, scope: 'collect', query: ReportQuerySchema }, ({ query }, caller) =>
    reportEvents(deps, query.date, caller),
  );
  return app;
}
