import { type Field, message } from '../../core/protobuf-writer.ts';

/**
 * Writes ONNX files. Field numbers and enum values are those of onnx.proto3
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3): IR version 8, which came with opset 15 to 18.
 */
const IR_VERSION = 8;
const OPSET = 17;

/** TensorProto.DataType, the types that graphs here use. */
const DATA_TYPES = { float32: 1, int8: 3, uint16: 4, int32: 6, int64: 7 } as const;
/** AttributeProto.AttributeType. */
const INT_ATTRIBUTE = 2;
const STRING_ATTRIBUTE = 3;

export type OnnxType = keyof typeof DATA_TYPES;

/** The value of the `to` attribute of Cast. */
export function dataTypeOf(type: OnnxType): number {
  return DATA_TYPES[type];
}

/** An input or output; a text dimension may have any length. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (string | number)[];
}

/** A constant of the graph, row-major. */
export type OnnxTensor =
  | TensorOf<'float32', Float32Array>
  | TensorOf<'int8', Int8Array>
  | TensorOf<'uint16', Uint16Array>
  | TensorOf<'int32', Int32Array>
  | TensorOf<'int64', BigInt64Array>;

interface TensorOf<Type extends OnnxType, Data> {
  readonly name: string;
  readonly type: Type;
  readonly shape: readonly number[];
  readonly data: Data;
}

/** One operation. Whole numbers and texts are the attributes that graphs here need. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | string>> | undefined;
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxTensor[];
  /** In an order in which each one's inputs are there. */
  readonly nodes: readonly OnnxNode[];
}

/** The bytes of a `.onnx` file (ModelProto, opset 17 of the standard operators). */
export function writeOnnx(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  const body = message(
    ...graph.nodes.map((node): Field => [1, encodeNode(node)]),
    [2, graph.name],
    ...graph.constants.map((tensor): Field => [5, encodeTensor(tensor)]),
    ...graph.inputs.map((value): Field => [11, encodeValue(value)]),
    ...graph.outputs.map((value): Field => [12, encodeValue(value)]),
  );
  const opset = message([1, ''], [2, OPSET]);
  return message([1, IR_VERSION], [2, 'edgemark'], [7, body], [8, opset]);
}

/** NodeProto. */
function encodeNode({ operator, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array {
  return message(
    ...inputs.map((input): Field => [1, input]),
    ...outputs.map((output): Field => [2, output]),
    [4, operator],
    ...Object.entries(attributes).map(([name, value]): Field => [5, encodeAttribute(name, value)]),
  );
}

/** AttributeProto. */
function encodeAttribute(name: string, value: number | string): Uint8Array {
  return typeof value === 'number'
    ? message([1, name], [3, value], [20, INT_ATTRIBUTE])
    : message([1, name], [4, value], [20, STRING_ATTRIBUTE]);
}

/** TensorProto with raw_data, which is little-endian, as all platforms here are. */
function encodeTensor({ name, type, shape, data }: OnnxTensor): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(...shape.map((size): Field => [1, size]), [2, DATA_TYPES[type]], [8, name], [9, raw]);
}

/** ValueInfoProto. */
function encodeValue({ name, type, shape }: OnnxValue): Uint8Array {
  const dimensions = shape.map(
    (size): Field => [1, typeof size === 'number' ? message([1, size]) : message([2, size])],
  );
  const tensorType = message([1, DATA_TYPES[type]], [2, message(...dimensions)]);
  return message([1, name], [2, message([1, tensorType])]);
}
