import { expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createNodeFunctions, type NodeFunctions } from '../support/node-functions.ts';
import { createScriptedBlobStore, type Event } from '../support/scripted-blob-store.ts';
import { seedAlias, seedPack } from '../support/seed-store.ts';
import { jsonOf, post, problemOf, seedCommon } from '../support/test-server.ts';
import { tinyPack, withFile } from '../support/tiny-pack.ts';

const GRAPH = 'onnx/model_quantized.onnx';

test('after a move the version before serves for at most 30 s, and no request fails', async () => {
  const { store, clock, functions } = await start();
  expect(await versionOf(functions)).toBe('1.0.0');
  await seedAlias(store, 'mood', 'production', '2.0.0');
  expect(await versionOf(functions)).toBe('1.0.0');
  await clock.advance(30_000);
  expect(await versionOf(functions)).toBe('2.0.0');
});

test('with steady traffic the move is seen after 10 s, in the background of a request that still gets the version before', async () => {
  const { store, clock, functions } = await start();
  await versionOf(functions);
  await seedAlias(store, 'mood', 'production', '2.0.0');
  await clock.advance(10_000);
  expect(await versionOf(functions)).toBe('1.0.0');
  await functions.settle();
  expect(await versionOf(functions)).toBe('2.0.0');
});

test('requests that run while the alias moves are all answered, each by one of the two versions', async () => {
  const { store, clock, functions } = await start();
  await versionOf(functions);
  const running: Promise<string>[] = [];
  for (let i = 0; i < 40; i++) {
    if (i === 10) await seedAlias(store, 'mood', 'production', '2.0.0');
    running.push(...Array.from({ length: 5 }, () => versionOf(functions)));
    await clock.advance(1000);
  }
  const versions = await Promise.all(running);
  expect(new Set(versions)).toEqual(new Set(['1.0.0', '2.0.0']));
  expect(versions.at(-1)).toBe('2.0.0');
});

test('when the new version is broken, the one before goes on and the operator is told', async () => {
  const { store, clock, functions } = await start();
  await versionOf(functions);
  await seedPack(store, withFile(await tinyPack({ name: 'mood', version: '3.0.0' }), GRAPH, null));
  await clock.advance(30_000);
  expect(await versionOf(functions)).toBe('1.0.0');
  expect(functions.refreshFailures).toEqual(['mood']);
});

test('when the new version is broken only at first, it serves once it is mended', async () => {
  const { store, clock, functions } = await start();
  await versionOf(functions);
  const next = await tinyPack({ name: 'mood', version: '3.0.0' });
  await seedPack(store, withFile(next, GRAPH, null));
  await clock.advance(30_000);
  await versionOf(functions);
  await seedPack(store, next);
  await clock.advance(30_000);
  expect(await versionOf(functions)).toBe('3.0.0');
});

test('an alias that was taken away is not found after 30 s', async () => {
  const { store, clock, functions } = await start();
  await versionOf(functions);
  await store.delete('models/mood/aliases/production.json');
  await clock.advance(30_000);
  await problemOf(await ask(functions), 404);
});

test('a refresh in the background that fails harms no request, and is tried again', async () => {
  const { memory, script, calls, clock, functions } = await start();
  await versionOf(functions);
  await seedAlias(memory, 'mood', 'production', '2.0.0');
  await clock.advance(10_000);
  script[calls.length] = 'fail';
  expect(await versionOf(functions)).toBe('1.0.0');
  await functions.settle();
  expect(functions.logged).toContainEqual(expect.objectContaining({ what: 'background work failed' }));
  expect(await versionOf(functions)).toBe('1.0.0');
  await functions.settle();
  expect(await versionOf(functions)).toBe('2.0.0');
});

test('a version is never looked up again: it cannot change', async () => {
  const { calls, clock, functions } = await start();
  await versionOf(functions, 'mood@1.0.0');
  await clock.advance(20_000);
  await versionOf(functions, 'mood@1.0.0');
  const before = calls.length;
  await versionOf(functions, 'mood@1.0.0');
  expect(calls.length).toBe(before);
});

function ask(functions: NodeFunctions, model = 'mood'): Promise<Response> {
  return Promise.resolve(functions.classify.request('/v1/classify', post({ inputs: 'good', model })));
}

async function versionOf(functions: NodeFunctions, model?: string): Promise<string> {
  const answer = Object(await jsonOf(await ask(functions, model)));
  return String(Reflect.get(Object(Reflect.get(answer, 'model')), 'version'));
}

async function start() {
  const memory = createMemoryBlobStore();
  await seedCommon(memory);
  const clock = createFakeClock();
  const script: Event[] = [];
  const scripted = createScriptedBlobStore(memory, script);
  const functions = await createNodeFunctions(scripted, clock);
  return { store: memory, memory, clock, functions, calls: scripted.calls, script };
}
