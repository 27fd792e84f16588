import type { Tensor, TensorData, TensorElementType, TensorInfo } from '../../../shared/ports/inference-engine.ts';

const ARRAYS: Readonly<Record<TensorElementType, new (length: number) => TensorData>> = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

export function isFeedable(type: string): type is TensorElementType {
  return Object.hasOwn(ARRAYS, type);
}

/** Zeros for every input, one row; free dimensions behind the first get `freeSize`. Masks are ones, so that none is all padding. */
export function probeFeeds(inputs: readonly TensorInfo[], freeSize: number): Record<string, Tensor> {
  return Object.fromEntries(inputs.map((input) => [input.name, probeTensor(input, freeSize)]));
}

function probeTensor(input: TensorInfo, freeSize: number): Tensor {
  if (!isFeedable(input.type)) throw new Error(`the input "${input.name}" is ${input.type}, which can't be fed`);
  const shape = input.shape.map((size, at) => (typeof size === 'number' && size > 0 ? size : at === 0 ? 1 : freeSize));
  const data = new ARRAYS[input.type](shape.reduce((product, size) => product * size, 1));
  if (/mask/.test(input.name)) fillWithOnes(data);
  return { type: input.type, shape, data };
}

function fillWithOnes(data: TensorData): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(1n);
  else data.fill(1);
}
