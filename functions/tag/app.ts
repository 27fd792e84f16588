import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import { readHuggingFaceBody, readTagBody } from './body.ts';
import { HuggingFaceParamsSchema, huggingFaceRoute, TagQuerySchema, tagRoute } from './contract.ts';
import { type TagDeps, tag, tagAsHuggingFace } from './tag.ts';

export type Deps = HttpDeps & TagDeps;

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  mount(
    app,
    deps,
    { route: tagRoute, scope: 'tag', query: TagQuerySchema, body: { read: readTagBody } },
    ({ query, body }, caller) => tag(deps, query, body, caller),
  );
  mount(
    app,
    deps,
    {
      route: huggingFaceRoute,
      scope: 'tag',
      errors: 'hugging-face',
      params: HuggingFaceParamsSchema,
      body: { read: readHuggingFaceBody },
    },
    ({ params, body }, caller) => tagAsHuggingFace(deps, params.model, body, caller),
  );
  return app;
}
