import type { Neighbours } from '../../recommender/neighbours.ts';
import { dataTypeOf, type OnnxNode, type OnnxTensor, type OnnxValue, writeOnnx } from './onnx-writer.ts';

/** Item indexes up to this many fit 16 bits. */
const MAX_UINT16_ITEMS = 65_536;

/** What a graph of task `recommendation` is fed with and gives. */
export const RECOMMENDATION_INPUTS = [
  { name: 'history_ids', type: 'int64', shape: ['history'] },
  { name: 'history_weights', type: 'float32', shape: ['history'] },
  { name: 'history_bias', type: 'float32', shape: ['history'] },
  { name: 'item_bias', type: 'float32', shape: ['bias'] },
  { name: 'k', type: 'int64', shape: [1] },
] as const satisfies readonly OnnxValue[];

export const RECOMMENDATION_OUTPUTS = [
  { name: 'ids', type: 'int64', shape: ['top'] },
  { name: 'scores', type: 'float32', shape: ['top'] },
  { name: 'contributions', type: 'float32', shape: ['top', 'history'] },
  { name: 'item_scores', type: 'float32', shape: ['items'] },
] as const satisfies readonly OnnxValue[];

/**
 * The graph of task `recommendation` over neighbour lists: each item of the history adds its weight × scale × neighbour weight to
 * the scores of its neighbours (ScatterElements with `add`), the biases are added, TopK chooses. `contributions` scatters the same
 * products once more, now into the places of the chosen items: scores are linear in the history's weights, so they are exact.
 * `k` may be greater than the number of items: there are then as many results as items.
 */
export function writeNeighbourGraph(neighbours: Neighbours): Uint8Array<ArrayBuffer> {
  return writeOnnx({
    name: 'neighbours',
    inputs: RECOMMENDATION_INPUTS,
    outputs: RECOMMENDATION_OUTPUTS,
    constants: constantsOf(neighbours),
    nodes: [...productNodes(), ...rankingNodes(), ...contributionNodes()],
  });
}

function constantsOf({ itemCount, width, ids, weights, scales }: Neighbours): OnnxTensor[] {
  return [
    idTensor(ids, itemCount, width),
    { name: 'neighbour_weights', type: 'int8', shape: [itemCount, width], data: weights },
    { name: 'scales', type: 'float32', shape: [itemCount], data: scales },
    { name: 'item_count', type: 'int64', shape: [1], data: BigInt64Array.of(BigInt(itemCount)) },
    { name: 'flat', type: 'int64', shape: [1], data: BigInt64Array.of(-1n) },
    { name: 'axis_0', type: 'int64', shape: [1], data: BigInt64Array.of(0n) },
    { name: 'axis_1', type: 'int64', shape: [1], data: BigInt64Array.of(1n) },
    { name: 'zero', type: 'int64', shape: [], data: BigInt64Array.of(0n) },
    { name: 'one', type: 'int64', shape: [], data: BigInt64Array.of(1n) },
    { name: 'no_score', type: 'float32', shape: [1], data: Float32Array.of(0) },
  ];
}

function idTensor(ids: Uint32Array, itemCount: number, width: number): OnnxTensor {
  const shape = [itemCount, width];
  return itemCount <= MAX_UINT16_ITEMS
    ? { name: 'neighbour_ids', type: 'uint16', shape, data: Uint16Array.from(ids) }
    : { name: 'neighbour_ids', type: 'int32', shape, data: Int32Array.from(ids) };
}

/** What each neighbour of each history item gets: `targets` and `products`, [history, width]. */
function productNodes(): OnnxNode[] {
  return [
    node('Gather', ['neighbour_ids', 'history_ids'], 'stored_targets'),
    node('Cast', ['stored_targets'], 'targets', { to: dataTypeOf('int64') }),
    node('Gather', ['neighbour_weights', 'history_ids'], 'stored_weights'),
    node('Cast', ['stored_weights'], 'unscaled', { to: dataTypeOf('float32') }),
    node('Gather', ['scales', 'history_ids'], 'history_scales'),
    node('Mul', ['history_scales', 'history_weights'], 'history_factors'),
    node('Unsqueeze', ['history_factors', 'axis_1'], 'history_column'),
    node('Mul', ['unscaled', 'history_column'], 'products'),
    node('Reshape', ['products', 'flat'], 'flat_products'),
  ];
}

function rankingNodes(): OnnxNode[] {
  return [
    node('Reshape', ['targets', 'flat'], 'flat_targets'),
    node('Expand', ['no_score', 'item_count'], 'no_scores'),
    node('ScatterElements', ['no_scores', 'flat_targets', 'flat_products'], 'item_scores', { reduction: 'add' }),
    node('Add', ['item_scores', 'item_bias'], 'filtered'),
    node('ScatterElements', ['filtered', 'history_ids', 'history_bias'], 'ranked', { reduction: 'add' }),
    node('Min', ['k', 'item_count'], 'top_count'),
    { operator: 'TopK', inputs: ['ranked', 'top_count'], outputs: ['scores', 'ids'], attributes: { axis: 0 } },
  ];
}

/**
 * Each product belongs to the cell of its target's place among the chosen and its history item's place; those of items not chosen
 * go to a last row that is cut off. So the time is that of the products, not of products × chosen.
 */
function contributionNodes(): OnnxNode[] {
  return [
    node('Expand', ['top_count', 'item_count'], 'not_chosen'),
    node('Squeeze', ['top_count', 'axis_0'], 'top_limit'),
    node('Range', ['zero', 'top_limit', 'one'], 'top_places'),
    node('ScatterElements', ['not_chosen', 'ids', 'top_places'], 'place_of_item'),
    node('Gather', ['place_of_item', 'targets'], 'rows'),
    node('Shape', ['history_ids'], 'history_count'),
    node('Mul', ['rows', 'history_count'], 'row_starts'),
    node('Squeeze', ['history_count', 'axis_0'], 'history_limit'),
    node('Range', ['zero', 'history_limit', 'one'], 'columns'),
    node('Unsqueeze', ['columns', 'axis_1'], 'column_of_row'),
    node('Add', ['row_starts', 'column_of_row'], 'cells'),
    node('Reshape', ['cells', 'flat'], 'flat_cells'),
    node('Add', ['top_count', 'one'], 'row_count'),
    node('Concat', ['row_count', 'history_count'], 'table_shape', { axis: 0 }),
    node('Mul', ['row_count', 'history_count'], 'cell_count'),
    node('Expand', ['no_score', 'cell_count'], 'empty_cells'),
    node('ScatterElements', ['empty_cells', 'flat_cells', 'flat_products'], 'filled_cells', { reduction: 'add' }),
    node('Reshape', ['filled_cells', 'table_shape'], 'table'),
    node('Slice', ['table', 'axis_0', 'top_count', 'axis_0'], 'contributions'),
  ];
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes?: Readonly<Record<string, number | string>>,
): OnnxNode {
  return { operator, inputs, outputs: [output], ...(attributes ? { attributes } : {}) };
}
