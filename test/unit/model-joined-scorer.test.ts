import { expect, test } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createJoinedScorer } from '../../shared/model/joined-scorer.ts';
import { loadTextModel, type TextModel } from '../../shared/model/text-model.ts';
import { seedPack } from '../support/seed-store.ts';
import { tinyPack } from '../support/tiny-pack.ts';

const TEXTS = ['good', 'bad bad', 'fine', 'good bad', ''];

test('requests that wait together share one run, each with the scores it would get alone', async () => {
  const { model, runs } = await start();
  const turn = createTurn();
  const scorer = createJoinedScorer({ isBusy: () => true, yieldTurn: turn.wait });
  const answers = TEXTS.map((text) => scorer.score(model, [model.encode(text), model.encode('fine')]));
  turn.next();
  for (const [index, scores] of (await Promise.all(answers)).entries()) {
    expect(scores).toEqual(await model.score([model.encode(TEXTS[index] ?? ''), model.encode('fine')]));
  }
  expect(runs[0]).toBe(2 * TEXTS.length);
});

test('a lone request, and one with many rows, run at once', async () => {
  const { model, runs } = await start();
  const never = () => new Promise<void>(() => {});
  await createJoinedScorer({ isBusy: () => false, yieldTurn: never }).score(model, [model.encode('good')]);
  const rows = Array.from({ length: 17 }, () => model.encode('good'));
  await createJoinedScorer({ isBusy: () => true, yieldTurn: never }).score(model, rows);
  expect(runs).toEqual([1, 17]);
});

test('a request that never wakes holds up nobody, and is answered by the one that does', async () => {
  const { model, runs } = await start();
  const waits = [new Promise<void>(() => {}), Promise.resolve()];
  const scorer = createJoinedScorer({ isBusy: () => true, yieldTurn: () => waits.shift() ?? Promise.resolve() });
  void scorer.score(model, [model.encode('good')]);
  expect(await scorer.score(model, [model.encode('bad')])).toEqual(await model.score([model.encode('bad')]));
  expect(runs[0]).toBe(2);
});

test('when the one that runs for all is cancelled within its run, the others run alone', async () => {
  const { model } = await start();
  let calls = 0;
  const stuck: TextModel = { ...model, score: (rows) => (calls++ === 0 ? new Promise(() => {}) : model.score(rows)) };
  const scorer = createJoinedScorer({ isBusy: () => true, yieldTurn: () => Promise.resolve() });
  void scorer.score(stuck, [model.encode('good')]);
  const other = scorer.score(stuck, [model.encode('bad')]);
  expect(await other).toEqual(await model.score([model.encode('bad')]));
});

test('when the joined run fails, each runs its own rows, so that only the one with the cause fails', async () => {
  const { model } = await start();
  const cause = model.encode('bad');
  const failing: TextModel = {
    ...model,
    score: (rows) => (rows.includes(cause) ? Promise.reject(new Error('out of memory')) : model.score(rows)),
  };
  const scorer = createJoinedScorer({ isBusy: () => true, yieldTurn: () => Promise.resolve() });
  const [first, second] = await Promise.allSettled([
    scorer.score(failing, [model.encode('good')]),
    scorer.score(failing, [cause]),
  ]);
  expect(first).toEqual({ status: 'fulfilled', value: await model.score([model.encode('good')]) });
  expect(second.status).toBe('rejected');
});

test('requests for different models never share a run', async () => {
  const [{ model: mood, runs: moodRuns }, { model: other, runs: otherRuns }] = [await start(), await start()];
  const scorer = createJoinedScorer({ isBusy: () => true, yieldTurn: () => Promise.resolve() });
  await Promise.all([scorer.score(mood, [mood.encode('good')]), scorer.score(other, [other.encode('bad')])]);
  expect([moodRuns, otherRuns]).toEqual([[1], [1]]);
});

/** The tiny model, and how many rows each of its runs had. */
async function start(): Promise<{ model: TextModel; runs: number[] }> {
  const store = createMemoryBlobStore();
  await seedPack(store, await tinyPack({ name: 'mood' }));
  const location = { root: 'models', name: 'mood', version: '1.0.0' };
  const loaded = await loadTextModel(store, await createNodeOnnxEngine(), location);
  if (!loaded.ok) throw new Error(loaded.failure.detail);
  const runs: number[] = [];
  const score: TextModel['score'] = (rows) => {
    runs.push(rows.length);
    return loaded.value.score(rows);
  };
  return { model: { ...loaded.value, score }, runs };
}

/** One turn of the event loop, which begins when the test says so. */
function createTurn(): { wait(): Promise<void>; next(): void } {
  const waiting: (() => void)[] = [];
  return {
    wait: () => new Promise((resolve) => void waiting.push(resolve)),
    next: () => {
      for (const wake of waiting.splice(0)) wake();
    },
  };
}
