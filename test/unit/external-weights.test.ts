import { expect, test } from 'vitest';
import { createNodeOnnxEngine } from '../../shared/adapters/aws/onnx-engine.ts';
import { withExternalWeights } from '../../shared/adapters/web/external-weights.ts';
import { seededRandom } from '../../shared/core/seeded-random.ts';
import { writeOnnx } from '../../shared/model/onnx/onnx-writer.ts';

const engine = await createNodeOnnxEngine();

/** [1, rows] times a table [rows, columns] of small whole numbers: a product that float32 holds exactly. */
function productGraph(rows: number, columns: number, random = seededRandom(rows)) {
  const table = Float32Array.from({ length: rows * columns }, () => random.below(16));
  const model = writeOnnx({
    name: 'product',
    inputs: [{ name: 'x', type: 'float32', shape: [1, rows] }],
    outputs: [{ name: 'y', type: 'float32', shape: [1, columns] }],
    constants: [
      { name: 'table', type: 'float32', shape: [rows, columns], data: table },
      { name: 'one', type: 'float32', shape: [1], data: Float32Array.of(1) },
    ],
    nodes: [
      { operator: 'MatMul', inputs: ['x', 'table'], outputs: ['product'] },
      { operator: 'Add', inputs: ['product', 'one'], outputs: ['y'] },
    ],
  });
  const wanted = Array.from({ length: columns }, (_, column) => {
    let sum = 1;
    for (let row = 0; row < rows; row++) sum += table[row * columns + column] as number;
    return sum;
  });
  return { model, wanted };
}

async function run(model: Uint8Array, rows: number): Promise<number[]> {
  const session = await engine.load(model);
  if (!session.ok) throw new Error(session.failure.reason);
  const ones = new Float32Array(rows).fill(1);
  const { y } = await session.value.run({ x: { type: 'float32', shape: [1, rows], data: ones } });
  await session.value.release();
  return [...(y?.data ?? [])].map(Number);
}

test('a model whose weights are left in its own bytes computes the same', async () => {
  const { model, wanted } = productGraph(100, 300);
  const slim = withExternalWeights(model);
  expect(slim.location).not.toBeNull();
  expect(slim.model.length).toBeLessThan(400);
  expect(await run(model, 100)).toEqual(wanted);
});

test('two models that load at once do not take each other for their weights', async () => {
  const [a, b] = [productGraph(64, 64), productGraph(65, 64)];
  const answers = await Promise.all([run(a.model, 64), run(b.model, 65), run(a.model, 64)]);
  expect(answers).toEqual([a.wanted, b.wanted, a.wanted]);
});

test('small weights stay where they are', () => {
  const { model } = productGraph(4, 4);
  expect(withExternalWeights(model)).toEqual({ model, location: null });
});

test('weights are in WebAssembly memory once, besides what MatMul packs of them', async () => {
  const { model } = productGraph(2_000, 4_000);
  const before = engine.heapBytes();
  await run(model, 2_000);
  expect(model.length).toBeGreaterThan(30e6);
  // With two more copies, as of a model loaded whole, it would be four times its size.
  expect(engine.heapBytes() - before).toBeLessThan(2.2 * model.length);
});

test('bytes that are no model are the runtime’s to judge, wherever they are cut or altered', async () => {
  const { model } = productGraph(100, 300);
  const random = seededRandom(5);
  for (let round = 0; round < 300; round++) {
    const broken = model.slice(0, random.below(model.length));
    if (broken.length > 0) broken[random.below(Math.min(200, broken.length))] = random.below(256);
    expect(() => withExternalWeights(broken)).not.toThrow();
  }
  for (const cut of [0, 1, 20, 300, model.length - 1]) {
    const loaded = await engine.load(model.slice(0, cut));
    expect(loaded.ok).toBe(false);
  }
});
