import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Tensor, TensorData, TensorElementType } from '../../shared/ports/inference-engine.ts';
import { type Datatype, type InferRequest, MAX_ELEMENTS } from './contract.ts';

const ELEMENT_TYPES: Readonly<Record<Datatype, TensorElementType>> = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP32: 'float32',
  FP64: 'float64',
};

/** Smallest and largest value of each integer type; 64-bit ones are held to what a JSON number carries exactly. */
const RANGES: Partial<Record<Datatype, readonly [number, number]>> = {
  UINT8: [0, 2 ** 8 - 1],
  UINT16: [0, 2 ** 16 - 1],
  UINT32: [0, 2 ** 32 - 1],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-(2 ** 7), 2 ** 7 - 1],
  INT16: [-(2 ** 15), 2 ** 15 - 1],
  INT32: [-(2 ** 31), 2 ** 31 - 1],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** The protocol's name of an element type, or the type's own name when the protocol has none. */
export function toDatatype(type: string): string {
  const entry = Object.entries(ELEMENT_TYPES).find(([, elementType]) => elementType === type);
  return entry?.[0] ?? type.toUpperCase();
}

/** A tensor from its JSON form, checked value by value. `pointer` names it in failures. */
export function parseTensor(input: InferRequest['inputs'][number], pointer: string): Outcome<Tensor> {
  const count = input.shape.reduce((product, size) => product * size, 1);
  if (count > MAX_ELEMENTS)
    return invalidField(`${pointer}.shape`, `has ${count} elements; the limit is ${MAX_ELEMENTS}`);
  const values = input.data.flat(8);
  if (values.length !== count) {
    return invalidField(
      `${pointer}.data`,
      `has ${values.length} values, the shape [${input.shape.join(', ')}] needs ${count}`,
    );
  }
  const bad = values.findIndex((value) => !isValue(value, input.datatype));
  if (bad >= 0) return invalidField(`${pointer}.data[${bad}]`, `is not a value of ${input.datatype}`);
  const type = ELEMENT_TYPES[input.datatype];
  return ok({ type, shape: input.shape, data: toTypedArray(type, values as (number | boolean)[]) });
}

/** The JSON form of an output; what JSON has no number for (NaN, infinities) becomes null. */
export function formatData(tensor: Tensor): (number | boolean | null)[] {
  const values: (number | boolean | null)[] = [];
  for (const value of tensor.data) {
    if (tensor.type === 'bool') values.push(value !== 0);
    else values.push(Number.isFinite(Number(value)) ? Number(value) : null);
  }
  return values;
}

function isValue(value: unknown, datatype: Datatype): boolean {
  if (datatype === 'BOOL') return typeof value === 'boolean';
  if (typeof value !== 'number') return false;
  const range = RANGES[datatype];
  return range === undefined || (Number.isInteger(value) && value >= range[0] && value <= range[1]);
}

function toTypedArray(type: TensorElementType, values: readonly (number | boolean)[]): TensorData {
  switch (type) {
    case 'bool':
    case 'uint8':
      return Uint8Array.from(values, Number);
    case 'int8':
      return Int8Array.from(values, Number);
    case 'uint16':
      return Uint16Array.from(values, Number);
    case 'int16':
      return Int16Array.from(values, Number);
    case 'uint32':
      return Uint32Array.from(values, Number);
    case 'int32':
      return Int32Array.from(values, Number);
    case 'float32':
      return Float32Array.from(values, Number);
    case 'float64':
      return Float64Array.from(values, Number);
    case 'int64':
      return BigInt64Array.from(values, BigInt);
    case 'uint64':
      return BigUint64Array.from(values, BigInt);
  }
}
