import { type Interactions, transposed } from './interactions.ts';

/** The rows of XᵀX: how much of item `i` and of item `j` the same users had. The diagonal is each item's own sum of squares. */
export interface CoOccurrence {
  readonly itemCount: number;
  readonly diagonal: Float64Array;
  /** Writes row `i` over the first `itemCount` places of `row`. */
  readRow(i: number, row: Float64Array): void;
}

/** Rows are made when they are asked for, in the time of the entries of the item's users: all of XᵀX would not fit. */
export function createCoOccurrence(matrix: Interactions): CoOccurrence {
  const byItem = transposed(matrix);
  const diagonal = new Float64Array(matrix.itemCount);
  for (const [entry, item] of matrix.items.entries()) {
    diagonal[item] = (diagonal[item] as number) + (matrix.values[entry] as number) ** 2;
  }
  return {
    itemCount: matrix.itemCount,
    diagonal,
    readRow(i, row) {
      row.fill(0, 0, matrix.itemCount);
      for (let place = byItem.starts[i] as number; place < (byItem.starts[i + 1] as number); place++) {
        const user = byItem.items[place] as number;
        const value = byItem.values[place] as number;
        for (let entry = matrix.starts[user] as number; entry < (matrix.starts[user + 1] as number); entry++) {
          const j = matrix.items[entry] as number;
          row[j] = (row[j] as number) + value * (matrix.values[entry] as number);
        }
      }
    },
  };
}
