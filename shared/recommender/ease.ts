import type { CoOccurrence } from './co-occurrence.ts';
import { createSymmetricTiles, negatedInverse, readRow, setCell } from './symmetric-tiles.ts';

/** Item-item weights: row `i` says what having item `i` adds to the score of each other item. */
export interface ItemWeights {
  readonly itemCount: number;
  readRow(i: number, row: Float64Array): void;
}

/** How EASE is solved. */
export interface EaseSettings {
  /** Added to the diagonal. */
  readonly l2: number;
  /** The first so many items take part. */
  readonly itemCount: number;
  /** Memory for the matrix, if there is some to use again. */
  readonly memory?: Float64Array;
  /** Awaited now and then, so that whoever shares the thread gets a turn. */
  readonly pause: () => Promise<void>;
}

/**
 * EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data", WWW '19): with P = (XᵀX + λI)⁻¹, the weights
 * B = I − P diag(1 / diag P) reconstruct each user's row best in the least squares, L2-regularised, when no item may explain
 * itself.
 */
export async function solveEase(counts: CoOccurrence, settings: EaseSettings): Promise<ItemWeights> {
  const { itemCount, l2, memory, pause } = settings;
  const matrix = createSymmetricTiles(itemCount, memory);
  const row = new Float64Array(counts.itemCount);
  for (let i = 0; i < itemCount; i++) {
    counts.readRow(i, row);
    for (let j = 0; j < i; j++) setCell(matrix, i, j, row[j] as number);
    setCell(matrix, i, i, (row[i] as number) + l2);
  }
  await negatedInverse(matrix, pause);
  const diagonal = new Float64Array(itemCount);
  for (let i = 0; i < itemCount; i++) {
    readRow(matrix, i, row);
    diagonal[i] = -(row[i] as number);
  }
  return {
    itemCount,
    readRow(i, target) {
      readRow(matrix, i, target);
      // The matrix holds −P, so the sign of B is already there.
      for (let j = 0; j < itemCount; j++) target[j] = (target[j] as number) / (diagonal[j] as number);
      target[i] = 0;
    },
  };
}
