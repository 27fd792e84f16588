import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createCoOccurrence } from '../../shared/recommender/co-occurrence.ts';
import { type ItemWeights, solveEase } from '../../shared/recommender/ease.ts';
import type { Interactions } from '../../shared/recommender/interactions.ts';
import {
  createSymmetricTiles,
  negatedInverse,
  readRow,
  setCell,
  tileBytes,
} from '../../shared/recommender/symmetric-tiles.ts';
import { createRandom } from '../support/random.ts';

const noPause = async (): Promise<void> => {};

interface Fixture {
  readonly users: number;
  readonly items: number;
  readonly l2: number;
  readonly entries: readonly (readonly [number, number, number])[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../support/fixtures/ease.json', import.meta.url), 'utf8'));

describe('the inverse of a symmetric matrix', () => {
  test('of two rows is as by hand', async () => {
    const matrix = createSymmetricTiles(2);
    setCell(matrix, 0, 0, 2);
    setCell(matrix, 0, 1, 1);
    setCell(matrix, 1, 1, 3);
    await negatedInverse(matrix, noPause);
    expectClose(rowOf(matrix, 0), [-0.6, 0.2]);
    expectClose(rowOf(matrix, 1), [0.2, -0.4]);
  });

  // 64 is the edge of a tile: sizes below, at and above it, and of several tiles.
  test.each([1, 63, 64, 65, 200])('of %i rows times the matrix is the unit matrix', async (size) => {
    const random = createRandom(size);
    const original = Array.from({ length: size }, () => new Float64Array(size));
    const matrix = createSymmetricTiles(size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const value = i === j ? size : random.below(1000) / 1000;
        (original[i] as Float64Array)[j] = value;
        (original[j] as Float64Array)[i] = value;
        setCell(matrix, j, i, value);
      }
    }
    await negatedInverse(matrix, noPause);
    for (const i of [0, size >> 1, size - 1]) {
      const inverse = rowOf(matrix, i);
      const product = original.map(
        (column) => -column.reduce((sum, value, k) => sum + value * (inverse[k] as number), 0),
      );
      expectClose(
        product,
        product.map((_, j) => (i === j ? 1 : 0)),
      );
    }
  });

  test('does not exist where the matrix is not positive definite', async () => {
    const matrix = createSymmetricTiles(2);
    setCell(matrix, 0, 0, 1);
    setCell(matrix, 0, 1, 2);
    setCell(matrix, 1, 1, 1);
    await expect(negatedInverse(matrix, noPause)).rejects.toThrow('not positive definite');
  });

  test('gives whoever shares the thread a turn for each 64 rows', async () => {
    let turns = 0;
    await negatedInverse(unitMatrix(130), async () => {
      turns++;
    });
    expect(turns).toBe(3);
  });

  test('may use memory that is not clean', async () => {
    const memory = new Float64Array(tileBytes(3) / 8).fill(7);
    const matrix = createSymmetricTiles(3, memory);
    for (let i = 0; i < 3; i++) setCell(matrix, i, i, 2);
    await negatedInverse(matrix, noPause);
    expect(matrix.cells.buffer).toBe(memory.buffer);
    expectClose(rowOf(matrix, 1), [0, -0.5, 0]);
  });
});

describe('EASE', () => {
  test('of three items and three users is as by hand', async () => {
    // Users had {0, 1}, {0, 1} and {1, 2}; XᵀX + I = [3 2 0; 2 4 1; 0 1 2], its determinant is 13 and its adjugate
    // [7 −4 2; −4 6 −3; 2 −3 8].
    const matrix = interactions(3, 3, [
      [0, 0, 1],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 1],
      [2, 1, 1],
      [2, 2, 1],
    ]);
    const weights = await solveEase(createCoOccurrence(matrix), { l2: 1, itemCount: 3, pause: noPause });
    expectClose(weightsOf(weights, 0), [0, 4 / 6, -2 / 8]);
    expectClose(weightsOf(weights, 1), [4 / 7, 0, 3 / 8]);
    expectClose(weightsOf(weights, 2), [-2 / 7, 3 / 6, 0]);
  });

  test('agrees with NumPy', async () => {
    const matrix = interactions(fixture.users, fixture.items, fixture.entries);
    const counts = createCoOccurrence(matrix);
    const weights = await solveEase(counts, { l2: fixture.l2, itemCount: fixture.items, pause: noPause });
    for (const [row, expected] of Object.entries(fixture.weights))
      expectClose(weightsOf(weights, Number(row)), expected);
  });
});

test('co-occurrence is XᵀX, row by row', () => {
  const matrix = interactions(2, 3, [
    [0, 0, 1],
    [0, 2, 0.5],
    [1, 2, 2],
  ]);
  const counts = createCoOccurrence(matrix);
  const row = new Float64Array(3).fill(9);
  counts.readRow(2, row);
  expect([...row]).toEqual([0.5, 0, 4.25]);
  expect([...counts.diagonal]).toEqual([1, 0, 4.25]);
});

/** Entries are user, item, value, in the order of users. */
function interactions(
  userCount: number,
  itemCount: number,
  entries: readonly (readonly [number, number, number])[],
): Interactions {
  const starts = new Uint32Array(userCount + 1);
  for (const [user] of entries) for (let u = user + 1; u <= userCount; u++) starts[u] = (starts[u] as number) + 1;
  return {
    userCount,
    itemCount,
    starts,
    items: Uint32Array.from(entries, ([, item]) => item),
    values: Float64Array.from(entries, ([, , value]) => value),
  };
}

function unitMatrix(size: number) {
  const matrix = createSymmetricTiles(size);
  for (let i = 0; i < size; i++) setCell(matrix, i, i, 1);
  return matrix;
}

function rowOf(matrix: ReturnType<typeof createSymmetricTiles>, i: number): number[] {
  const row = new Float64Array(matrix.size);
  readRow(matrix, i, row);
  return [...row];
}

function weightsOf(weights: ItemWeights, i: number): number[] {
  const row = new Float64Array(weights.itemCount);
  weights.readRow(i, row);
  return [...row];
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const worst = expected.reduce((most, value, n) => Math.max(most, Math.abs(value - (found[n] as number))), 0);
  expect(worst).toBeLessThan(1e-9);
}
