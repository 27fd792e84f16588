/** How much one batch may hold. */
export interface BatchLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** Items in order, in as few batches as a single pass finds. An item over `maxBytes` is alone in its batch. */
export function splitBatches<T>(items: readonly T[], bytesOf: (item: T) => number, limits: BatchLimits): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let batchBytes = 0;
  for (const item of items) {
    const itemBytes = bytesOf(item);
    if (batch.length > 0 && (batch.length === limits.maxItems || batchBytes + itemBytes > limits.maxBytes)) {
      batches.push(batch);
      batch = [];
      batchBytes = 0;
    }
    batch.push(item);
    batchBytes += itemBytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
