import { expect, test } from 'vitest';
import { answerInside } from '../../functions/evaluate/answer-inside.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { deliverCalmly } from '../support/deliver-evaluations.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { nodePacks } from '../support/node-packs.ts';
import { seedDataset } from '../support/seed-dataset.ts';
import { seedPack } from '../support/seed-store.ts';
import { tinyPack } from '../support/tiny-pack.ts';

const CALLER = { tenant: 'acme', keyId: 'train', requestId: 'r-12345678', defer: () => {} };
const GATES = { rules: [{ metric: 'accuracyDifference', min: -1, judgedBy: 'interval' }] };
const REQUEST = { task: 'classification', source: { dataset: { name: 'moods', split: 'test' } }, model: 'mood' };

test('another function is answered as over HTTP: under way, then with the verdict and the gates', async () => {
  const world = await makeWorld();
  const ask = async (body: object) => {
    const { status, text } = await answerInside(world.deps, JSON.stringify(body), CALLER);
    return { status, body: JSON.parse(text) };
  };
  const request = { ...REQUEST, compare: { model: 'mood@1.0.0' }, gates: GATES };
  expect(await ask(request)).toMatchObject({ status: 202, body: { status: 'running', id: expect.any(String) } });
  await deliverCalmly(world);
  expect(await ask(request)).toMatchObject({
    status: 200,
    body: {
      status: 'done',
      summary: [expect.stringMatching(/^No difference can be told/), expect.any(String)],
      gates: { passed: true },
    },
  });
});

test('what cannot be evaluated is told with its status and reason', async () => {
  const { deps } = await makeWorld();
  const refused = async (text: string) => {
    const answer = await answerInside(deps, text, CALLER);
    return { status: answer.status, body: JSON.parse(answer.text) };
  };
  expect(await refused('{')).toMatchObject({ status: 400 });
  expect(await refused('{"task":"divination"}')).toMatchObject({ status: 422, body: { requestId: 'r-12345678' } });
  const unknown = await refused(JSON.stringify({ ...REQUEST, model: 'nobody' }));
  expect(unknown).toMatchObject({ status: 404, body: { detail: expect.stringContaining('"nobody"') } });
});

async function makeWorld() {
  const [store, queue] = [createMemoryBlobStore(), createMemoryQueue<EvaluateMessage>()];
  await seedPack(store, await tinyPack({ name: 'mood' }));
  const rows = ['good', 'bad', 'fine'].map((text, id) => ({ id: String(id), text, label: 'positive' }));
  await seedDataset(store, { name: 'moods', splits: { test: [rows] } });
  return {
    deps: {
      store,
      queue,
      log: () => {},
      packs: await nodePacks(store),
      clock: createFakeClock(),
      newId: () => crypto.randomUUID(),
    },
    queue,
  };
}
