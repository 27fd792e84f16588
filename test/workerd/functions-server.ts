import { createExecutionContext, createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import classify from '../../functions/classify/worker.ts';
import collect, { Ticks } from '../../functions/collect/worker.ts';
import evaluate, { Ticks as EvaluateTicks, Evaluations } from '../../functions/evaluate/worker.ts';
import gateway from '../../functions/gateway/worker.ts';
import infer from '../../functions/infer/worker.ts';
import models from '../../functions/models/worker.ts';
import prepare, { Ticks as PrepareTicks } from '../../functions/prepare/worker.ts';
import rebuild, { Ticks as RebuildTicks } from '../../functions/rebuild/worker.ts';
import recommend from '../../functions/recommend/worker.ts';
import tag from '../../functions/tag/worker.ts';
import train, { Ticks as TrainTicks } from '../../functions/train/worker.ts';
import { createR2BlobStore } from '../../shared/adapters/cloudflare/r2-blob-store.ts';
import { PSEUDONYM_SECRET, seedCommon, type TestServer } from '../support/test-server.ts';
import { consumeWith } from './entry-point.ts';

type Worker = { fetch(request: Request, env: object, context: ExecutionContext): Response | Promise<Response> };

/** The real Workers over a seeded local R2 bucket, the gateway before them as in production. */
export async function startWorkers(): Promise<TestServer> {
  const store = createR2BlobStore({ bucket: env.BUCKET });
  await seedCommon(store);
  const functionEnv = { BUCKET: env.BUCKET, LOG_REQUESTS: 'failures', PSEUDONYM_SECRET };
  const { COLLECT_QUEUE, COORDINATOR } = env;
  const collectEnv = { ...functionEnv, COLLECT_QUEUE, COORDINATOR };
  const evaluateEnv = { ...functionEnv, EVALUATE_QUEUE: env.EVALUATE_QUEUE };
  const prepareEnv = { ...functionEnv, PREPARE_QUEUE: env.PREPARE_QUEUE };
  consumeWith((batch) => {
    if (batch.queue === 'edgemark-evaluate') return evaluate.queue(batch, evaluateEnv);
    if (batch.queue === 'edgemark-prepare') return prepare.queue(batch, prepareEnv);
    return collect.queue(batch, collectEnv);
  });
  const rebuildEnv = { ...functionEnv, COORDINATOR };
  const evaluations = () => new Evaluations(createExecutionContext(), evaluateEnv);
  const EVALUATIONS = { evaluate: (tenant: string, request: string) => evaluations().evaluate(tenant, request) };
  const trainEnv = { ...functionEnv, COORDINATOR, EVALUATIONS, TRAINING: 'none' };
  const gatewayEnv = {
    CLASSIFY: bind(classify, functionEnv),
    TAG: bind(tag, functionEnv),
    RECOMMEND: bind(recommend, functionEnv),
    REBUILD: bind(rebuild, rebuildEnv),
    MODELS: bind(models, functionEnv),
    INFER: bind(infer, functionEnv),
    COLLECT: bind(collect, collectEnv),
    EVALUATE: bind(evaluate, evaluateEnv),
    TRAIN: bind(train, trainEnv),
    EVALUATE_TICKS: { tick: () => new EvaluateTicks(createExecutionContext(), evaluateEnv).tick() },
    PREPARE: bind(prepare, prepareEnv),
    PREPARE_TICKS: { tick: () => new PrepareTicks(createExecutionContext(), prepareEnv).tick() },
    REBUILD_TICKS: { tick: () => new RebuildTicks(createExecutionContext(), rebuildEnv).tick() },
    TRAIN_TICKS: { tick: () => new TrainTicks(createExecutionContext(), trainEnv).tick() },
    COLLECT_TICKS: { tick: () => new Ticks(createExecutionContext(), collectEnv).tick() },
  };
  const entry = bind(gateway, gatewayEnv);
  return {
    store,
    fetch: async (path, init) => entry.fetch(new Request(`https://edgemark.test${path}`, init)),
    // Local queues deliver by themselves.
    deliver: async () => {},
    tick: () => gateway.scheduled(createScheduledController(), gatewayEnv),
  };
}

/** A Worker as its service binding shows it: a context of its own for each request. */
function bind(worker: Worker, workerEnv: object): { fetch(request: Request): Promise<Response> } {
  return { fetch: async (request) => worker.fetch(request, workerEnv, createExecutionContext()) };
}
