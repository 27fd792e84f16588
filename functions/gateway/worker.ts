import { parseGatewayEnv } from '../../shared/adapters/cloudflare/gateway-env.ts';
import type { App } from '../../shared/http/new-app.ts';
import { createConsoleLog } from '../../shared/http/request-log.ts';
import { createApp } from './app.ts';
import openapiJson from './openapi.json';
import { OpenApiDocumentSchema } from './openapi-document.ts';

const openapi = OpenApiDocumentSchema.parse(openapiJson);
let app: App | undefined;

export default {
  fetch(request, env, context) {
    app ??= build(env);
    return app.fetch(request, env, context);
  },
} satisfies ExportedHandler<object>;

function build(env: object): App {
  const { CLASSIFY, TAG, MODELS, INFER } = parseGatewayEnv(env);
  const functions = {
    classify: (request: Request) => CLASSIFY.fetch(request),
    tag: (request: Request) => TAG.fetch(request),
    models: (request: Request) => MODELS.fetch(request),
    infer: (request: Request) => INFER.fetch(request),
  };
  return createApp({ functions, openapi, newId: () => crypto.randomUUID(), log: createConsoleLog() });
}
