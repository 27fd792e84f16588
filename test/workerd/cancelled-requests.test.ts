import { SELF } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { beforeEach, expect, test } from 'vitest';
import { createApp } from '../../functions/classify/app.ts';
import { createR2BlobStore } from '../../shared/adapters/cloudflare/r2-blob-store.ts';
import { createOnnxEngine } from '../../shared/adapters/web/onnx-engine.ts';
import { createSystemClock } from '../../shared/adapters/web/system-clock.ts';
import { createHttpDeps } from '../../shared/http/deps.ts';
import { createJoinedScorer } from '../../shared/model/joined-scorer.ts';
import { createPackServing } from '../../shared/model/pack-serving.ts';
import { loadTextModel, type TextModel } from '../../shared/model/text-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { jsonOf, post, seedCommon } from '../support/test-server.ts';
import { answerWith } from './entry-point.ts';

/** Waits of the code under test pass this many times faster, so that a wait of 5 s is met in tests. */
const SPEED = 20;

const engine = await createOnnxEngine(wasm);

beforeEach(() => seedCommon(createR2BlobStore({ bucket: env.BUCKET })));

test('a request that is cancelled while it loads the first pack leaves the next one answered', async () => {
  const slow = createGate();
  serve({ beforeGraph: () => (slow.entered() === 1 ? sleep(300) : Promise.resolve()) });
  const first = cancellable();
  await slow.untilEntered();
  first.cancel();
  await expect(first.response).rejects.toThrow();
  expect(await labelOf(ask())).toBe('positive');
});

test('a load that never ends, in the context of another request, holds up the next one for its wait only', async () => {
  const stuck = createGate();
  serve({ beforeGraph: () => (stuck.entered() === 1 ? new Promise(() => {}) : Promise.resolve()) });
  const first = cancellable();
  await stuck.untilEntered();
  expect(await labelOf(ask())).toBe('positive');
  first.cancel();
  await first.response.catch(() => {});
  expect(await labelOf(ask())).toBe('positive');
});

test('requests that arrive together while the first pack loads are all answered from one load', async () => {
  const gate = createGate();
  serve({
    beforeGraph: () => {
      gate.entered();
      return sleep(50);
    },
  });
  const labels = await Promise.all(Array.from({ length: 8 }, () => labelOf(ask())));
  expect(labels).toEqual(Array.from({ length: 8 }, () => 'positive'));
  expect(gate.count()).toBe(1);
});

test('when one member of a joined run is cancelled, the others get their scores', async () => {
  const runs = createGate();
  serve({
    score: async (model, rows) => {
      if (runs.entered() === 1) await sleep(300);
      return model.score(rows);
    },
  });
  await labelOf(ask());
  const first = cancellable();
  const others = Array.from({ length: 4 }, () => labelOf(ask()));
  first.cancel();
  await first.response.catch(() => {});
  expect(await Promise.all(others)).toEqual(Array.from({ length: 4 }, () => 'positive'));
});

interface Faults {
  /** Awaited before the graph is read, in the context of the request that reads it. */
  readonly beforeGraph?: () => Promise<void>;
  readonly score?: (model: TextModel, rows: Parameters<TextModel['score']>[0]) => Promise<Float64Array[]>;
}

/** Answers requests to the test Worker by the classify function, with these faults built in. */
function serve(faults: Faults): void {
  const store = withFaults(createR2BlobStore({ bucket: env.BUCKET }), faults);
  const system = createSystemClock();
  const clock = { ...system, sleep: (ms: number, signal?: AbortSignal) => system.sleep(ms / SPEED, signal) };
  const http = createHttpDeps(store, clock, 'failures');
  const serving = createPackServing({ store, engine, clock, onRefreshFailed: () => {} }, loadTextModel);
  const joined = createJoinedScorer({ isBusy: () => http.gauge.inFlight() > 1, yieldTurn: () => sleep(1) });
  const { score } = faults;
  const scorer = score ? createFaultyScorer(joined, score) : joined;
  const app = createApp({ ...http, serving, scorer });
  answerWith((request, bindings, context) => app.fetch(request, bindings, context));
}

function createFaultyScorer(
  joined: ReturnType<typeof createJoinedScorer>,
  score: NonNullable<Faults['score']>,
): typeof joined {
  const wrapped = new WeakMap<TextModel, TextModel>();
  return {
    score: (model, rows) => {
      const faulty = wrapped.get(model) ?? { ...model, score: (own) => score(model, own) };
      wrapped.set(model, faulty);
      return joined.score(faulty, rows);
    },
  };
}

function withFaults(store: BlobStore, { beforeGraph }: Faults): BlobStore {
  return {
    ...store,
    async get(key, range) {
      if (key.endsWith('.onnx')) await beforeGraph?.();
      return store.get(key, range);
    },
  };
}

function ask(signal?: AbortSignal): Promise<Response> {
  const init = post({ inputs: 'good', model: 'mood' });
  return SELF.fetch('https://edgemark.test/v1/classify', signal ? { ...init, signal } : init);
}

function cancellable(): { readonly response: Promise<Response>; cancel(): void } {
  const controller = new AbortController();
  const response = ask(controller.signal);
  // It is awaited later, when it has failed already.
  response.catch(() => {});
  return { response, cancel: () => controller.abort() };
}

async function labelOf(response: Promise<Response>): Promise<unknown> {
  const answer = JSON.stringify(await jsonOf(await response));
  return /"label":"(\w+)"/.exec(answer)?.[1];
}

/** Counts who came by, across requests. */
function createGate(): { entered(): number; count(): number; untilEntered(): Promise<void> } {
  let count = 0;
  return {
    entered: () => ++count,
    count: () => count,
    async untilEntered() {
      while (count === 0) await sleep(5);
    },
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
