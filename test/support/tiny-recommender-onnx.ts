import { RECOMMENDATION_INPUTS, RECOMMENDATION_OUTPUTS } from '../../shared/model/onnx/neighbour-graph.ts';
import { type OnnxTensor, writeOnnx } from '../../shared/model/onnx/onnx-writer.ts';
import { floatTensor, node } from './tiny-onnx.ts';

/** `TensorProto.DataType` of float32 in onnx.proto. */
const FLOAT = 1;

/** scores[j] = sum over i of weight[i] * table[id[i]][j]; all that a ranking graph must do besides is done too. */
export function tinyRankingGraph(
  table: readonly (readonly number[])[],
  idsName = 'history_ids',
): Uint8Array<ArrayBuffer> {
  const items = table.length;
  return writeOnnx({
    name: 'tiny-ranking',
    inputs: RECOMMENDATION_INPUTS.map((input) => (input.name === 'history_ids' ? { ...input, name: idsName } : input)),
    outputs: RECOMMENDATION_OUTPUTS,
    constants: [floatTensor('table', [items, items], table.flat()), indexTensor('zero', 0), indexTensor('one', 1)],
    nodes: [
      node('Gather', ['table', idsName], 'rows', { axis: 0 }),
      node('Unsqueeze', ['history_weights', 'one'], 'column'),
      node('Mul', ['rows', 'column'], 'parts'),
      node('ReduceSum', ['parts', 'zero'], 'item_scores', { keepdims: 0 }),
      node('Add', ['item_scores', 'item_bias'], 'allowed'),
      node('ScatterElements', ['allowed', idsName, 'history_bias'], 'biased', { reduction: 'add' }),
      { operator: 'TopK', inputs: ['biased', 'k'], outputs: ['scores', 'ids'] },
      node('Gather', ['parts', 'ids'], 'by_history', { axis: 1 }),
      node('Transpose', ['by_history'], 'contributions'),
    ],
  });
}

/** ratings[c] = the mean of the user's ratings (the middle of the scale, if there are none) + offset[c], within the scale. */
export function tinyRatingGraph(
  offsets: readonly number[],
  [least, most]: readonly [number, number],
): Uint8Array<ArrayBuffer> {
  return writeOnnx({
    name: 'tiny-rating',
    inputs: [
      { name: 'history_ids', type: 'int64', shape: ['history'] },
      { name: 'history_ratings', type: 'float32', shape: ['history'] },
      { name: 'candidate_ids', type: 'int64', shape: ['candidates'] },
    ],
    outputs: [{ name: 'ratings', type: 'float32', shape: ['candidates'] }],
    constants: [
      floatTensor('offsets', [offsets.length], offsets),
      indexTensor('none', 0),
      floatTensor('least', [], [least]),
      floatTensor('most', [], [most]),
      floatTensor('middle', [1], [(least + most) / 2]),
    ],
    nodes: [
      node('ReduceSum', ['history_ratings'], 'sum', { keepdims: 1 }),
      node('Shape', ['history_ids'], 'length'),
      node('Cast', ['length'], 'count', { to: FLOAT }),
      node('Div', ['sum', 'count'], 'own_mean'),
      node('Equal', ['length', 'none'], 'is_empty'),
      node('Where', ['is_empty', 'middle', 'own_mean'], 'mean'),
      node('Gather', ['offsets', 'candidate_ids'], 'own'),
      node('Add', ['own', 'mean'], 'raw'),
      node('Clip', ['raw', 'least', 'most'], 'ratings'),
    ],
  });
}

function indexTensor(name: string, value: number): OnnxTensor {
  return { name, type: 'int64', shape: [1], data: BigInt64Array.of(BigInt(value)) };
}
