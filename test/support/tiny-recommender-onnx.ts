import { type Field, message } from './protobuf.ts';
import {
  FLOAT,
  floatTensor,
  INT64,
  int64Tensor,
  intAttribute,
  model,
  node,
  textAttribute,
  valueInfo,
} from './tiny-onnx.ts';

/** scores[j] = sum over i of weight[i] * table[id[i]][j]; all that a ranking graph must do besides is done too. */
export function tinyRankingGraph(
  table: readonly (readonly number[])[],
  idsName = 'history_ids',
): Uint8Array<ArrayBuffer> {
  const items = table.length;
  const graph = message(
    [1, node('Gather', ['table', idsName], 'rows', intAttribute('axis', 0))],
    [1, node('Unsqueeze', ['history_weights', 'one'], 'column')],
    [1, node('Mul', ['rows', 'column'], 'parts')],
    [1, node('ReduceSum', ['parts', 'zero'], 'item_scores', intAttribute('keepdims', 0))],
    [1, node('Add', ['item_scores', 'item_bias'], 'allowed')],
    [1, node('ScatterElements', ['allowed', idsName, 'history_bias'], 'biased', textAttribute('reduction', 'add'))],
    [1, topNode('biased')],
    [1, node('Gather', ['parts', 'ids'], 'by_history', intAttribute('axis', 1))],
    [1, node('Transpose', ['by_history'], 'contributions')],
    [2, 'tiny-ranking'],
    [5, floatTensor('table', [items, items], table.flat())],
    [5, int64Tensor('zero', [0])],
    [5, int64Tensor('one', [1])],
    [11, valueInfo(idsName, INT64, ['history'])],
    [11, valueInfo('history_weights', FLOAT, ['history'])],
    [11, valueInfo('history_bias', FLOAT, ['history'])],
    [11, valueInfo('item_bias', FLOAT, ['bias'])],
    [11, valueInfo('k', INT64, [1])],
    [12, valueInfo('ids', INT64, ['top'])],
    [12, valueInfo('scores', FLOAT, ['top'])],
    [12, valueInfo('contributions', FLOAT, ['top', 'history'])],
    [12, valueInfo('item_scores', FLOAT, [items])],
  );
  return model(graph);
}

/** TopK has two outputs: the scores and where they were. */
function topNode(input: string): Uint8Array {
  const fields: Field[] = [
    [1, input],
    [1, 'k'],
    [2, 'scores'],
    [2, 'ids'],
    [4, 'TopK'],
  ];
  return message(...fields);
}

/** ratings[c] = the mean of the user's ratings + offset[c], within the scale. */
export function tinyRatingGraph(
  offsets: readonly number[],
  [least, most]: readonly [number, number],
): Uint8Array<ArrayBuffer> {
  const graph = message(
    [1, node('ReduceMean', ['history_ratings'], 'mean', intAttribute('keepdims', 1))],
    [1, node('ReduceSum', ['history_ids'], 'id_sum', intAttribute('keepdims', 1))],
    // The ids of the history take no part, but a graph must have all the inputs.
    [1, node('Mul', ['id_sum', 'none'], 'no_ids')],
    [1, node('Add', ['candidate_ids', 'no_ids'], 'candidates')],
    [1, node('Gather', ['offsets', 'candidates'], 'own')],
    [1, node('Add', ['own', 'mean'], 'raw')],
    [1, node('Clip', ['raw', 'least', 'most'], 'ratings')],
    [2, 'tiny-rating'],
    [5, floatTensor('offsets', [offsets.length], offsets)],
    [5, int64Tensor('none', [0])],
    [5, floatTensor('least', [], [least])],
    [5, floatTensor('most', [], [most])],
    [11, valueInfo('history_ids', INT64, ['history'])],
    [11, valueInfo('history_ratings', FLOAT, ['history'])],
    [11, valueInfo('candidate_ids', INT64, ['candidates'])],
    [12, valueInfo('ratings', FLOAT, ['candidates'])],
  );
  return model(graph);
}
