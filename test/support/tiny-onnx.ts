import { type Field, message } from './protobuf.ts';

/** Field numbers and enum values below are those of onnx.proto3 (IR version 8). */
const IR_VERSION = 8;
const OPSET = 17;
export const FLOAT = 1;
export const INT64 = 7;

/** What the tests change about the graph. */
export interface TinyGraphOptions {
  /** Weight of each token for each label, by token id; every row has as many values as there are labels. */
  readonly table: readonly (readonly number[])[];
  /** Name of the ids' input. @default "input_ids" */
  readonly idsName?: string;
  /** Operator that sums over the sequence. @default "ReduceSum" */
  readonly reduceOperator?: string;
}

/**
 * A bag-of-words classifier: logits[b] = sum over s of table[input_ids[b, s] * attention_mask[b, s]]. Row 0 of the table belongs
 * to padding and must be zeros, so padding adds nothing.
 */
export function tinyGraph(options: TinyGraphOptions): Uint8Array<ArrayBuffer> {
  const { table, idsName = 'input_ids', reduceOperator = 'ReduceSum' } = options;
  const labels = table[0]?.length ?? 0;
  const graph = message(
    [1, node('Mul', [idsName, 'attention_mask'], 'masked')],
    [1, node('Gather', ['table', 'masked'], 'weights')],
    [1, node(reduceOperator, ['weights', 'axes'], 'logits', intAttribute('keepdims', 0))],
    [2, 'tiny'],
    [5, floatTensor('table', [table.length, labels], table.flat())],
    [5, int64Tensor('axes', [1])],
    [11, valueInfo(idsName, INT64, ['batch', 'sequence'])],
    [11, valueInfo('attention_mask', INT64, ['batch', 'sequence'])],
    [12, valueInfo('logits', FLOAT, ['batch', labels])],
  );
  return model(graph);
}

/** Logits of one head: the three channel means times `weights` (3 × labels), plus `bias`. */
export interface TinyHead {
  readonly output: string;
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

/** An image classifier that sees the mean of each channel; the means themselves are the `embedding`, if there is to be one. */
export function tinyImageGraph(
  heads: readonly TinyHead[],
  side: number,
  withEmbedding: boolean,
): Uint8Array<ArrayBuffer> {
  const graph = message(
    [1, node('GlobalAveragePool', ['pixel_values'], 'pooled')],
    [1, node('Flatten', ['pooled'], 'embedding')],
    ...heads.map(
      (head): Field => [1, node('Gemm', ['embedding', `${head.output}_w`, `${head.output}_b`], head.output)],
    ),
    [2, 'tiny-image'],
    ...heads.flatMap((head): Field[] => [
      [5, floatTensor(`${head.output}_w`, [3, head.bias.length], head.weights.flat())],
      [5, floatTensor(`${head.output}_b`, [head.bias.length], head.bias)],
    ]),
    [11, valueInfo('pixel_values', FLOAT, ['batch', 3, side, side])],
    ...heads.map((head): Field => [12, valueInfo(head.output, FLOAT, ['batch', head.bias.length])]),
    ...(withEmbedding ? [[12, valueInfo('embedding', FLOAT, ['batch', 3])] as Field] : []),
  );
  return model(graph);
}

/** A whole ONNX file around a graph. */
export function model(graph: Uint8Array): Uint8Array<ArrayBuffer> {
  return message([1, IR_VERSION], [7, graph], [8, message([1, ''], [2, OPSET])]);
}

export function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  ...attributes: Uint8Array[]
): Uint8Array {
  return message(
    ...inputs.map((input): Field => [1, input]),
    [2, output],
    [4, operator],
    ...attributes.map((attribute): Field => [5, attribute]),
  );
}

export function intAttribute(name: string, value: number): Uint8Array {
  return message([1, name], [3, value], [20, 2]);
}

export function textAttribute(name: string, value: string): Uint8Array {
  return message([1, name], [4, value], [20, 3]);
}

export function floatTensor(name: string, shape: readonly number[], values: readonly number[]): Uint8Array {
  const raw = new Uint8Array(Float32Array.from(values).buffer);
  return message(...shape.map((size): Field => [1, size]), [2, FLOAT], [8, name], [9, raw]);
}

export function int64Tensor(name: string, values: readonly number[]): Uint8Array {
  const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return message([1, values.length], [2, INT64], [8, name], [9, raw]);
}

export function valueInfo(name: string, elementType: number, shape: readonly (string | number)[]): Uint8Array {
  const dimensions = shape.map(
    (size): Field => [1, typeof size === 'number' ? message([1, size]) : message([2, size])],
  );
  return message([1, name], [2, message([1, message([1, elementType], [2, message(...dimensions)])])]);
}
