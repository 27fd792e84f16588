import { createBackground, createLambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { forwardTo, parseGatewayEnv } from '../../shared/adapters/aws/gateway-env.ts';
import { createConsoleLog } from '../../shared/http/request-log.ts';
import { createApp } from './app.ts';
import openapiJson from './openapi.json' with { type: 'json' };
import { OpenApiDocumentSchema } from './openapi-document.ts';

const env = parseGatewayEnv(process.env);

export const handler = createLambdaHandler(
  createApp({
    functions: {
      classify: forwardTo(env.EDGEMARK_CLASSIFY_URL),
      tag: forwardTo(env.EDGEMARK_TAG_URL),
      recommend: forwardTo(env.EDGEMARK_RECOMMEND_URL),
      rebuild: forwardTo(env.EDGEMARK_REBUILD_URL),
      models: forwardTo(env.EDGEMARK_MODELS_URL),
      infer: forwardTo(env.EDGEMARK_INFER_URL),
      collect: forwardTo(env.EDGEMARK_COLLECT_URL),
      evaluate: forwardTo(env.EDGEMARK_EVALUATE_URL),
      train: forwardTo(env.EDGEMARK_TRAIN_URL),
      prepare: forwardTo(env.EDGEMARK_PREPARE_URL),
    },
    openapi: OpenApiDocumentSchema.parse(openapiJson),
    newId: () => crypto.randomUUID(),
    log: createConsoleLog(),
  }),
  createBackground(),
);
