import { expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createResilientBlobStore } from '../../shared/adapters/web/resilient-blob-store.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createNodeFunctions, type NodeFunctions } from '../support/node-functions.ts';
import { createScriptedBlobStore, type Event } from '../support/scripted-blob-store.ts';
import { errorOf } from '../support/suites/hugging-face-suite.ts';
import { get, jsonOf, post, problemOf, seedCommon } from '../support/test-server.ts';

const classify = (functions: NodeFunctions) =>
  functions.classify.request('/v1/classify', post({ inputs: 'good', model: 'mood' }));
const huggingFace = (functions: NodeFunctions) =>
  functions.classify.request('/hf/text-classification/mood', post({ inputs: 'good' }));

test('storage that fails is 503 with Retry-After, and nothing of its own words', async () => {
  const { functions } = await start(['fail']);
  const response = await classify(functions);
  expect(response.headers.get('retry-after')).toBe('2');
  const problem = await problemOf(response, 503);
  expect(problem.type).toBe('urn:edgemark:problem:unavailable');
  expect(JSON.stringify(problem)).not.toContain('scripted');
  expect(functions.logged.find((record) => record.event === 'incident')?.error).toContain('scripted');
});

test('storage that fails is 500 in the Hugging Face shape, whose client would retry 503 without end', async () => {
  const { functions } = await start(['fail']);
  expect(await errorOf(await huggingFace(functions), 500)).toBe('Storage does not answer at the moment.');
});

test.each(['pass', 'pass-pass'])(
  'storage that fails later (%s) is told the same way, and the next request is answered',
  async (name) => {
    const before: Event[] = name.split('-').map(() => 'pass');
    const { functions } = await start([...before, 'fail']);
    await problemOf(await classify(functions), 503);
    await jsonOf(await classify(functions));
  },
);

test('a pack whose content breaks off is 503 and is loaded anew by the next request', async () => {
  // Key, alias, manifest, then tokenizer and graph.
  const { functions } = await start(['pass', 'pass', 'pass', 'pass', 'body-fail']);
  await problemOf(await classify(functions), 503);
  await jsonOf(await classify(functions));
});

test('storage that hangs is given up after its time-outs and retries, then 503', async () => {
  const clock = createFakeClock();
  const { functions } = await start(['hang', 'hang', 'hang'], (store) =>
    createResilientBlobStore(store, { clock, random: () => 0.5 }),
  );
  await problemOf(await passTime(clock, classify(functions)), 503);
});

test('storage that hangs once is asked again, and the caller notices nothing', async () => {
  const clock = createFakeClock();
  const { functions } = await start(['pass', 'hang', 'fail'], (store) =>
    createResilientBlobStore(store, { clock, random: () => 0.5 }),
  );
  await jsonOf(await passTime(clock, classify(functions)));
});

test('an exception that nobody expected is 500 without its text', async () => {
  const { functions } = await start(['bug']);
  const problem = await problemOf(await classify(functions), 500);
  expect(problem.type).toBe('urn:edgemark:problem:internal');
  expect(JSON.stringify(problem)).not.toContain('a bug');
  const incident = functions.logged.find((record) => record.event === 'incident');
  expect(incident).toMatchObject({ requestId: problem.requestId, error: 'TypeError: a bug' });
});

test('readiness follows storage; liveness does not', async () => {
  const { functions } = await start(['fail', 'fail']);
  expect(await jsonOf(await functions.classify.request('/health/live'))).toEqual({ status: 'live' });
  expect(await jsonOf(await functions.classify.request('/health/ready'), 503)).toEqual({ status: 'not ready' });
  await functions.classify.request('/health/ready');
  expect(await jsonOf(await functions.classify.request('/health/ready'))).toEqual({ status: 'ready' });
});

test('a warm model is served while storage is down', async () => {
  const { functions, script } = await start([]);
  await jsonOf(await classify(functions));
  script.push(...Array.from({ length: 100 }, (): Event => 'fail'));
  await jsonOf(await classify(functions));
  await problemOf(await functions.models.request('/v1/models', get()), 503);
});

test('the log has no input, no key and the pattern instead of the path', async () => {
  const { functions } = await start([]);
  await huggingFace(functions);
  await functions.classify.request('/hf/text-classification/secret-name', post({ inputs: 'my secret text' }));
  const text = JSON.stringify(functions.logged);
  expect(text).not.toMatch(/secret|good|em_/);
  expect(functions.logged).toMatchObject([
    { event: 'request', status: 200, tenant: 'acme', route: '/hf/text-classification/{model}' },
    { event: 'request', status: 404, failure: 'not-found' },
  ]);
});

/** Lets time pass until the answer is there: hashing happens outside the event loop, so one long step may come too early. */
async function passTime<T>(clock: FakeClock, work: T | Promise<T>): Promise<T> {
  let ended = false;
  const watched = Promise.resolve(work).finally(() => {
    ended = true;
  });
  while (!ended) await clock.advance(1000);
  return watched;
}

/** Functions whose storage goes as the script says, once everything is seeded; events may be added while it runs. */
async function start(events: readonly Event[], wrap: (store: BlobStore) => BlobStore = (store) => store) {
  const memory = createMemoryBlobStore();
  await seedCommon(memory);
  const script = [...events];
  const scripted = createScriptedBlobStore(memory, script);
  return { functions: await createNodeFunctions(wrap(scripted), createFakeClock()), script, scripted };
}
