import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import {
  BuildParamsSchema,
  beginUploadRoute,
  DatasetParamsSchema,
  DatasetQuerySchema,
  DatasetRequestSchema,
  deleteVersionRoute,
  finishUploadRoute,
  listDatasetsRoute,
  MAX_BODY_BYTES,
  makeDatasetRoute,
  RowsQuerySchema,
  showBuildRoute,
  showDatasetRoute,
  showRowsRoute,
  showUploadRoute,
  UploadParamsSchema,
  UploadPartParamsSchema,
  UploadRequestSchema,
  uploadPartRoute,
  VersionParamsSchema,
} from './contract.ts';
import { deleteVersion, listDatasets, showDataset, showRows } from './datasets.ts';
import type { PrepareDeps } from './deps.ts';
import { makeDataset, showBuild } from './prepare.ts';
import { beginUpload, finishUpload, putUploadPart, readPartBody, showUpload } from './uploads.ts';

export type Deps = HttpDeps & PrepareDeps;

const scope = 'prepare';
const limitBytes = MAX_BODY_BYTES;

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  mount(
    app,
    deps,
    { route: beginUploadRoute, scope, status: 201, body: { schema: UploadRequestSchema, limitBytes } },
    ({ body }, caller) => beginUpload(deps, body, caller),
  );
  mount(
    app,
    deps,
    { route: uploadPartRoute, scope, params: UploadPartParamsSchema, body: { read: readPartBody } },
    ({ params, body }, caller) => putUploadPart(deps, params, body, caller),
  );
  mount(app, deps, { route: finishUploadRoute, scope, params: UploadParamsSchema }, ({ params }, caller) =>
    finishUpload(deps, params.id, caller),
  );
  mount(app, deps, { route: showUploadRoute, scope, params: UploadParamsSchema }, ({ params }, caller) =>
    showUpload(deps, params.id, caller),
  );
  mount(
    app,
    deps,
    { route: makeDatasetRoute, scope, body: { schema: DatasetRequestSchema, limitBytes } },
    ({ body }, caller) => makeDataset(deps, body, caller),
  );
  mount(app, deps, { route: listDatasetsRoute, scope }, (_input, caller) => listDatasets(deps, caller));
  mount(
    app,
    deps,
    { route: showDatasetRoute, scope, params: DatasetParamsSchema, query: DatasetQuerySchema },
    ({ params, query }, caller) => showDataset(deps, params.name, query, caller),
  );
  mount(
    app,
    deps,
    { route: showRowsRoute, scope, params: DatasetParamsSchema, query: RowsQuerySchema },
    ({ params, query }, caller) => showRows(deps, params.name, query, caller),
  );
  mount(app, deps, { route: showBuildRoute, scope, params: BuildParamsSchema }, ({ params }, caller) =>
    showBuild(deps, params, caller),
  );
  mount(app, deps, { route: deleteVersionRoute, scope, params: VersionParamsSchema }, ({ params }, caller) =>
    deleteVersion(deps, params, caller),
  );
  return app;
}
