import { topK } from '../core/top-k.ts';
import type { ItemWeights } from './ease.ts';

/**
 * The item-item weights that matter: for each item its `width` neighbours of the greatest absolute weight, in int8 with a scale
 * an item: the weight of a neighbour is `weights[i * width + n] * scales[i]`. A place without a neighbour has weight 0.
 */
export interface Neighbours {
  readonly itemCount: number;
  readonly width: number;
  /** itemCount × width indexes of items. */
  readonly ids: Uint32Array;
  readonly weights: Int8Array;
  readonly scales: Float32Array;
}

/** Keeps of each row of the weights the `width` entries of the greatest absolute value, ties to the lower index. */
export async function nearestNeighbours(
  weights: ItemWeights,
  width: number,
  pause: () => Promise<void>,
): Promise<Neighbours> {
  const { itemCount } = weights;
  const ids = new Uint32Array(itemCount * width);
  const values = new Int8Array(itemCount * width);
  const scales = new Float32Array(itemCount);
  const row = new Float64Array(itemCount);
  const sizes = new Float64Array(itemCount);
  for (let i = 0; i < itemCount; i++) {
    if (i % 256 === 0) await pause();
    weights.readRow(i, row);
    for (let j = 0; j < itemCount; j++) sizes[j] = Math.abs(row[j] as number);
    const nearest = topK(sizes, width, Number.MIN_VALUE);
    const greatest = sizes[nearest[0] ?? 0] as number;
    if (!(greatest > 0)) continue;
    scales[i] = greatest / 127;
    for (const [place, j] of nearest.entries()) {
      ids[i * width + place] = j;
      values[i * width + place] = Math.round(((row[j] as number) / greatest) * 127);
    }
  }
  return { itemCount, width, ids, weights: values, scales };
}

/** Adds to `scores` what each item of a history brings, as the pack's graph does. */
export function addScores(
  neighbours: Neighbours,
  history: readonly { readonly item: number; readonly weight: number }[],
  scores: Float64Array,
): void {
  const { width, ids, weights, scales } = neighbours;
  for (const { item, weight } of history) {
    const factor = weight * (scales[item] as number);
    for (let place = item * width; place < (item + 1) * width; place++) {
      const id = ids[place] as number;
      scores[id] = (scores[id] as number) + factor * (weights[place] as number);
    }
  }
}
