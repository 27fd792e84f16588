import type { Clusters } from './clusters.ts';
import { similarityOf } from './sketch.ts';

/** Places of rows that one number takes beside a band of 32 bits: 2^53 in all. */
const PLACES = 2 ** 20;
/** Texts of a band that a further one is compared with; boilerplate must not make it quadratic. */
const MAX_COMPARED = 24;

/**
 * Joins rows that share a band and are as similar as `threshold` says. `rows` are places in the bits; `band` has a hash for each place.
 * Called once for each band.
 */
export function joinNear(
  clusters: Clusters,
  rows: Uint32Array,
  band: Uint32Array,
  bits: Uint8Array,
  threshold: number,
): void {
  const sorted = Float64Array.from(rows, (row) => (band[row] as number) * PLACES + row).sort();
  let compared: number[] = [];
  let last = -1;
  for (const value of sorted) {
    const hash = Math.floor(value / PLACES);
    const row = value % PLACES;
    if (hash !== last) compared = [];
    last = hash;
    let isNew = true;
    for (const other of compared) {
      if (similarityOf(bits, other, row) < threshold) continue;
      isNew = false;
      clusters.join(other, row);
    }
    if (isNew && compared.length < MAX_COMPARED) compared.push(row);
  }
}

/**
 * Of rows of one cluster, in order, those that are nearly the same as an earlier one that stays and has the same label.
 * `labels` by place.
 */
export function repeatsIn(
  members: readonly number[],
  labels: Uint16Array,
  bits: Uint8Array,
  threshold: number,
): number[] {
  const staying: number[] = [];
  return members.filter((row) => {
    const isRepeat = staying.some(
      (other) => labels[other] === labels[row] && similarityOf(bits, other, row) >= threshold,
    );
    if (!isRepeat && staying.length < MAX_COMPARED) staying.push(row);
    return isRepeat;
  });
}
