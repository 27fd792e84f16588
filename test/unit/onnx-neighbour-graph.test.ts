import { expect, test } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { writeNeighbourGraph } from '../../shared/model/onnx/neighbour-graph.ts';
import type { InferenceSession, Tensor } from '../../shared/ports/inference-engine.ts';
import { addScores, type Neighbours, nearestNeighbours } from '../../shared/recommender/neighbours.ts';
import { createRandom } from '../support/random.ts';

const engine = await createNodeOnnxEngine();

/** Item 0 brings 1.27 to item 1 and −0.5 to item 2; item 1 brings 2.54 to item 3; item 2 nothing; item 3 brings 1.27 to item 0. */
const TOY: Neighbours = {
  itemCount: 4,
  width: 2,
  ids: Uint32Array.of(1, 2, 3, 0, 0, 0, 0, 1),
  weights: Int8Array.of(127, -50, 127, 0, 0, 0, 127, 0),
  scales: Float32Array.of(0.01, 0.02, 0, 0.01),
};

test('scores are the sums of what the history brings, best first, with the part of each history item', async () => {
  const found = await recommend(await load(TOY), { history: [0, 1], weights: [1, 0.5], k: 2 });
  expect(found.ids).toEqual([1, 3]);
  expectClose(found.scores, [1.27, 1.27]);
  expectClose(found.contributions, [1.27, 0, 0, 1.27]);
  expectClose(found.itemScores, [0, 1.27, -0.5, 1.27]);
});

test('a bias of the history masks its own item, and one of the items filters', async () => {
  const session = await load(TOY);
  const masked = await recommend(session, {
    history: [1, 3, 0],
    weights: [1, 1, 0],
    k: 4,
    historyBias: [0, 0, -Infinity],
  });
  expect(masked.ids.slice(0, 1)).toEqual([3]);
  expect(masked.scores.at(-1)).toBe(-Infinity);
  expect(masked.ids.at(-1)).toBe(0);
  const filtered = await recommend(session, { history: [1], weights: [1], k: 1, itemBias: [0, 0.25, 0, -Infinity] });
  expect(filtered.ids).toEqual([1]);
  expectClose(filtered.scores, [0.25]);
  expectClose(filtered.contributions, [0]);
});

test('more results than items can’t be had', async () => {
  const found = await recommend(await load(TOY), { history: [3], weights: [2], k: 1000 });
  expect(found.ids).toEqual([0, 1, 2, 3]);
  expectClose(found.scores, [2.54, 0, 0, 0]);
});

test.each([
  ['16-bit', 300],
  ['32-bit', 70_000],
])('graphs with %s ids agree with the same sums in TypeScript', async (_, itemCount) => {
  const neighbours = randomNeighbours(itemCount, 7);
  const session = await load(neighbours);
  const random = createRandom(3);
  for (const size of [1, 2, 50]) {
    const history = [...new Set(Array.from({ length: size }, () => random.below(itemCount)))];
    const weights = history.map(() => random.below(100) / 100);
    const found = await recommend(session, { history, weights, k: 10 });
    const expected = new Float64Array(itemCount);
    addScores(
      neighbours,
      history.map((item, n) => ({ item, weight: weights[n] as number })),
      expected,
    );
    expectClose(found.itemScores, [...expected]);
    expectClose(found.scores, [...expected].sort((a, b) => b - a).slice(0, 10));
    for (const [place, score] of found.scores.entries()) {
      const parts = found.contributions.slice(place * history.length, (place + 1) * history.length);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 4);
    }
  }
});

test('the nearest neighbours of a row are its greatest weights, whatever their sign, in steps of 1/127 of the greatest', async () => {
  const rows = [
    [0, 0.5, -1, 0.1],
    [0, 0, 0, 0],
    [3, 0, 0, 1.5],
    [0.2, 0.2, 0.2, 0],
  ];
  const readRow = (i: number, row: Float64Array): void => row.set(rows[i] as number[]);
  const found = await nearestNeighbours({ itemCount: 4, readRow }, 2, async () => {});
  expect([...found.ids]).toEqual([2, 1, 0, 0, 0, 3, 0, 1]);
  expect([...found.weights]).toEqual([-127, 64, 0, 0, 127, 64, 127, 127]);
  expectClose([...found.scales], [1 / 127, 0, 3 / 127, 0.2 / 127]);
});

interface Call {
  readonly history: readonly number[];
  readonly weights: readonly number[];
  readonly k: number;
  readonly historyBias?: readonly number[];
  readonly itemBias?: readonly number[];
}

async function recommend(session: InferenceSession, call: Call) {
  const { history, weights, k, historyBias = history.map(() => 0), itemBias = [0] } = call;
  const outputs = await session.run({
    history_ids: int64(history),
    history_weights: float32(weights),
    history_bias: float32(historyBias),
    item_bias: float32(itemBias),
    k: int64([k]),
  });
  const read = (name: string): number[] => Array.from(outputs[name]?.data ?? [], Number);
  expect(outputs['contributions']?.shape).toEqual([read('ids').length, history.length]);
  return {
    ids: read('ids'),
    scores: read('scores'),
    contributions: read('contributions'),
    itemScores: read('item_scores'),
  };
}

async function load(neighbours: Neighbours): Promise<InferenceSession> {
  const session = await engine.load(writeNeighbourGraph(neighbours));
  if (!session.ok) throw new Error(session.failure.reason);
  return session.value;
}

function randomNeighbours(itemCount: number, width: number): Neighbours {
  const random = createRandom(itemCount);
  return {
    itemCount,
    width,
    ids: Uint32Array.from({ length: itemCount * width }, () => random.below(itemCount)),
    weights: Int8Array.from({ length: itemCount * width }, () => random.below(255) - 127),
    scales: Float32Array.from({ length: itemCount }, () => random.below(1000) / 10_000),
  };
}

function int64(values: readonly number[]): Tensor {
  return { type: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}

function float32(values: readonly number[]): Tensor {
  return { type: 'float32', shape: [values.length], data: Float32Array.from(values) };
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const differences = expected.map((value, place) => Math.abs(value - (found[place] as number)));
  expect(differences.reduce((most, difference) => Math.max(most, difference), 0)).toBeLessThan(1e-4);
}
