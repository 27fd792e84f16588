import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import { type ClassifyDeps, classify, classifyAsHuggingFace } from './classify.ts';
import {
  ClassifyRequestSchema,
  classifyRoute,
  HuggingFaceParamsSchema,
  HuggingFaceRequestSchema,
  huggingFaceRoute,
  MAX_BODY_BYTES,
} from './contract.ts';

export type Deps = HttpDeps & ClassifyDeps;

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  mount(
    app,
    deps,
    { route: classifyRoute, scope: 'classify', body: { schema: ClassifyRequestSchema, limitBytes: MAX_BODY_BYTES } },
    ({ body }, caller) => classify(deps, body, caller),
  );
  mount(
    app,
    deps,
    {
      route: huggingFaceRoute,
      scope: 'classify',
      errors: 'hugging-face',
      params: HuggingFaceParamsSchema,
      body: { schema: HuggingFaceRequestSchema, limitBytes: MAX_BODY_BYTES },
    },
    ({ params, body }, caller) => classifyAsHuggingFace(deps, params.model, body, caller),
  );
  return app;
}
