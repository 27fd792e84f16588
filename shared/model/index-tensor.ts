import type { Tensor } from '../ports/inference-engine.ts';

/**
 * Indexes as an int64 vector. Only the low halves of the 64-bit integers are written (WebAssembly is little-endian, and so is
 * every platform that runs it): a BigInt each would be an object each.
 */
export function indexTensor(indexes: ArrayLike<number>): Tensor {
  const data = new BigInt64Array(indexes.length);
  const halves = new Int32Array(data.buffer);
  for (let i = 0; i < indexes.length; i++) halves[2 * i] = indexes[i] as number;
  return { type: 'int64', shape: [indexes.length], data };
}

/** The indexes in an int64 tensor, all below 2^31. */
export function readIndexes(tensor: Tensor | undefined): Int32Array {
  const data = tensor?.data as BigInt64Array;
  const halves = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  return Int32Array.from({ length: data.length }, (_, i) => halves[2 * i] as number);
}

export function floatTensor(values: Float32Array): Tensor {
  return { type: 'float32', shape: [values.length], data: values };
}
