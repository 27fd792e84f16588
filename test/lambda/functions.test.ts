import { afterAll } from 'vitest';
import type { LambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { nodeRequestBody } from '../../shared/adapters/aws/node-request-body.ts';
import { createS3BlobStore } from '../../shared/adapters/web/s3-blob-store.ts';
import { toApiGatewayEvent, toResponse } from '../support/api-gateway-event.ts';
import { startApiGateway } from '../support/lambda-server.ts';
import { startLocalDynamo } from '../support/local-dynamo.ts';
import { startLocalS3 } from '../support/local-s3.ts';
import { startLocalSqs } from '../support/local-sqs.ts';
import { describeFunctions } from '../support/suites/functions-suite.ts';
import { PSEUDONYM_SECRET, seedCommon, type TestServer } from '../support/test-server.ts';

const stops: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const stop of stops) await stop();
});

describeFunctions('Lambda', startFunctions);

/** The real handlers over local S3; the gateway reaches the others over HTTP, as between function addresses. */
async function startFunctions(): Promise<TestServer> {
  const s3 = await startLocalS3();
  stops.push(s3.stop);
  Object.assign(process.env, {
    EDGEMARK_BUCKET: s3.bucket,
    EDGEMARK_S3_ENDPOINT: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    LOG_REQUESTS: 'failures',
    PSEUDONYM_SECRET,
  });
  const sqs = await startLocalSqs();
  const dynamo = await startLocalDynamo();
  stops.push(sqs.stop, dynamo.stop);
  Object.assign(process.env, {
    EDGEMARK_COLLECT_QUEUE_URL: sqs.queueUrl,
    EDGEMARK_SQS_ENDPOINT: sqs.endpoint,
    EDGEMARK_COORDINATOR_TABLE: dynamo.table,
    EDGEMARK_DYNAMODB_ENDPOINT: dynamo.endpoint,
  });
  const store = createS3BlobStore({
    bucket: s3.bucket,
    endpoint: s3.endpoint,
    credentials: s3.credentials,
    toRequestBody: nodeRequestBody,
  });
  await seedCommon(store);
  const collect = await import('../../functions/collect/lambda.ts');
  // A queue of its own, which this process plays on another port.
  const evaluateSqs = await startLocalSqs();
  stops.push(evaluateSqs.stop);
  Object.assign(process.env, {
    EDGEMARK_EVALUATE_QUEUE_URL: evaluateSqs.queueUrl,
    EDGEMARK_SQS_ENDPOINT: evaluateSqs.endpoint,
  });
  const evaluate = await import('../../functions/evaluate/lambda.ts');
  const prepareSqs = await startLocalSqs();
  stops.push(prepareSqs.stop);
  Object.assign(process.env, {
    EDGEMARK_PREPARE_QUEUE_URL: prepareSqs.queueUrl,
    EDGEMARK_SQS_ENDPOINT: prepareSqs.endpoint,
  });
  const prepare = await import('../../functions/prepare/lambda.ts');
  Object.assign(process.env, {
    EDGEMARK_COLLECT_URL: await serve(collect),
    EDGEMARK_EVALUATE_URL: await serve(evaluate),
    EDGEMARK_PREPARE_URL: await serve(prepare),
    EDGEMARK_CLASSIFY_URL: await serve(await import('../../functions/classify/lambda.ts')),
    EDGEMARK_TAG_URL: await serve(await import('../../functions/tag/lambda.ts')),
    EDGEMARK_REBUILD_URL: await serve(await import('../../functions/rebuild/lambda.ts')),
    EDGEMARK_RECOMMEND_URL: await serve(await import('../../functions/recommend/lambda.ts')),
    EDGEMARK_MODELS_URL: await serve(await import('../../functions/models/lambda.ts')),
    EDGEMARK_TRAIN_URL: await serve(await import('../../functions/train/lambda.ts')),
    EDGEMARK_INFER_URL: await serve(await import('../../functions/infer/lambda.ts')),
  });
  const gateway = (await import('../../functions/gateway/lambda.ts')).handler;
  return {
    store,
    fetch: async (path, init) => {
      const request = new Request(`https://edgemark.test${path}`, init);
      return toResponse(await gateway(await toApiGatewayEvent(request)));
    },
    async deliver() {
      while (await sqs.invoke(collect.queueHandler));
      while (await evaluateSqs.invoke(evaluate.queueHandler));
      while (await prepareSqs.invoke(prepare.queueHandler));
    },
    // EventBridge calls each function by itself.
    tick: async () => {
      await collect.tickHandler();
      await evaluate.tickHandler();
    },
  };
}

interface LambdaEntry {
  readonly handler: LambdaHandler;
}

async function serve(entry: LambdaEntry): Promise<string> {
  const { url, stop } = await startApiGateway(entry.handler);
  stops.push(stop);
  return url;
}
