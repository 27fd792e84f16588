import { type OnnxNode, type OnnxTensor, type OnnxValue, writeOnnx } from '../../shared/model/onnx/onnx-writer.ts';

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
  return writeOnnx({
    name: 'tiny',
    inputs: [
      { name: idsName, type: 'int64', shape: ['batch', 'sequence'] },
      { name: 'attention_mask', type: 'int64', shape: ['batch', 'sequence'] },
    ],
    outputs: [{ name: 'logits', type: 'float32', shape: ['batch', labels] }],
    constants: [
      floatTensor('table', [table.length, labels], table.flat()),
      { name: 'axes', type: 'int64', shape: [1], data: BigInt64Array.of(1n) },
    ],
    nodes: [
      node('Mul', [idsName, 'attention_mask'], 'masked'),
      node('Gather', ['table', 'masked'], 'weights'),
      node(reduceOperator, ['weights', 'axes'], 'logits', { keepdims: 0 }),
    ],
  });
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
  const embedding: OnnxValue = { name: 'embedding', type: 'float32', shape: ['batch', 3] };
  return writeOnnx({
    name: 'tiny-image',
    inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, side, side] }],
    outputs: [
      ...heads.map((head): OnnxValue => ({ name: head.output, type: 'float32', shape: ['batch', head.bias.length] })),
      ...(withEmbedding ? [embedding] : []),
    ],
    constants: heads.flatMap((head) => [
      floatTensor(`${head.output}_w`, [3, head.bias.length], head.weights.flat()),
      floatTensor(`${head.output}_b`, [head.bias.length], head.bias),
    ]),
    nodes: [
      node('GlobalAveragePool', ['pixel_values'], 'pooled'),
      node('Flatten', ['pooled'], 'embedding'),
      ...heads.map((head) => node('Gemm', ['embedding', `${head.output}_w`, `${head.output}_b`], head.output)),
    ],
  });
}

/** An operation of one output. */
export function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: OnnxNode['attributes'] = {},
): OnnxNode {
  return { operator, inputs, outputs: [output], attributes };
}

export function floatTensor(name: string, shape: readonly number[], values: readonly number[]): OnnxTensor {
  return { name, type: 'float32', shape, data: Float32Array.from(values) };
}
