import { parseGatewayEnv } from '../../shared/adapters/cloudflare/gateway-env.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createConsoleLog } from '../../shared/http/request-log.ts';
import { createApp } from './app.ts';
import { type Ticking, tickAll } from './gateway.ts';
import openapiJson from './openapi.json';
import { OpenApiDocumentSchema } from './openapi-document.ts';

const openapi = OpenApiDocumentSchema.parse(openapiJson);

export default {
  ...serveApp((env) => {
    const { CLASSIFY, COLLECT, EVALUATE, MODELS, INFER, PREPARE, REBUILD, RECOMMEND, TAG, TRAIN } =
      parseGatewayEnv(env);
    const functions = {
      classify: (request: Request) => CLASSIFY.fetch(request),
      tag: (request: Request) => TAG.fetch(request),
      recommend: (request: Request) => RECOMMEND.fetch(request),
      rebuild: (request: Request) => REBUILD.fetch(request),
      models: (request: Request) => MODELS.fetch(request),
      infer: (request: Request) => INFER.fetch(request),
      collect: (request: Request) => COLLECT.fetch(request),
      evaluate: (request: Request) => EVALUATE.fetch(request),
      train: (request: Request) => TRAIN.fetch(request),
      prepare: (request: Request) => PREPARE.fetch(request),
    };
    return createApp({ functions, openapi, newId: () => crypto.randomUUID(), log: createConsoleLog() });
  }),
  async scheduled(_controller: ScheduledController, env: object): Promise<void> {
    const { COLLECT_TICKS, EVALUATE_TICKS, PREPARE_TICKS, REBUILD_TICKS, TRAIN_TICKS } = parseGatewayEnv(env);
    const ticking: Readonly<Record<string, Ticking>> = {
      collect: COLLECT_TICKS,
      evaluate: EVALUATE_TICKS,
      prepare: PREPARE_TICKS,
      rebuild: REBUILD_TICKS,
      train: TRAIN_TICKS,
    };
    await tickAll(ticking, createConsoleLog());
  },
};
