import { WorkerEntrypoint } from 'cloudflare:workers';
import jpegModule from '@cwasm/jpeg-turbo/jpeg-turbo.wasm';
import webpModule from '@jsquash/webp/codec/dec/webp_dec.wasm';
import wasmModule from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { consumeCloudflareBatch, createCloudflareQueue } from '../../shared/adapters/cloudflare/cloudflare-queue.ts';
import { createPlatform } from '../../shared/adapters/cloudflare/deps.ts';
import { parseEvaluateEnv } from '../../shared/adapters/cloudflare/evaluate-env.ts';
import { serveApp } from '../../shared/adapters/cloudflare/serve-app.ts';
import { createImageDecoder } from '../../shared/adapters/web/image-decoder.ts';
import { createOnnxEngine } from '../../shared/adapters/web/onnx-engine.ts';
import { answerInside, type InsideAnswer } from './answer-inside.ts';
import { createApp, type Deps } from './app.ts';
import { consume } from './consume.ts';
import type { EvaluateMessage } from './message.ts';
import { createPacks } from './packs.ts';
import { tick } from './tick.ts';

const engine = await createOnnxEngine(wasmModule);
const decoder = createImageDecoder({ jpeg: jpegModule, webp: webpModule });

let made: Deps | undefined;

/** Once per isolate. */
function depsOf(env: object): Deps {
  made ??= createDeps(env);
  return made;
}

function createDeps(env: object): Deps {
  const { http, store, clock } = createPlatform(env);
  const { EVALUATE_QUEUE } = parseEvaluateEnv(env);
  const queue = createCloudflareQueue<EvaluateMessage>({ queue: EVALUATE_QUEUE });
  return { ...http, store, queue, packs: createPacks({ store, engine, decoder, clock }) };
}

/** What the gateway calls each minute, over its service binding: nothing else reaches it. */
export class Ticks extends WorkerEntrypoint<object> {
  async tick(): Promise<void> {
    await tick(depsOf(this.env));
  }
}

/** What the function train calls over its service binding: nothing else reaches it. */
export class Evaluations extends WorkerEntrypoint<object> {
  async evaluate(tenant: string, request: string): Promise<InsideAnswer> {
    const deps = depsOf(this.env);
    const defer = (work: Promise<unknown>) => this.ctx.waitUntil(work);
    return answerInside(deps, request, { tenant, keyId: 'train', requestId: deps.newId(), defer });
  }
}

export default {
  ...serveApp((env) => createApp(depsOf(env))),
  async queue(batch: MessageBatch<string>, env: object): Promise<void> {
    await consumeCloudflareBatch(batch, (messages: readonly unknown[]) => consume(depsOf(env), messages));
  },
};
