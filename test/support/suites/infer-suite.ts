import { expect, test } from 'vitest';
import { get, jsonOf, post, type UseServer } from '../test-server.ts';
import { errorOf } from './hugging-face-suite.ts';

/** Token ids of the `mood` pack: 0 padding, 1 unknown, 2 good, 3 bad, 4 fine. */
const IDS = tensor('input_ids', [2, 2], [2, 2, 3, 0]);
const MASK = tensor('attention_mask', [2, 2], [1, 1, 1, 0]);

/** Any pack as raw tensors, by the Open Inference Protocol V2. */
export function describeInfer(useServer: UseServer): void {
  const infer = (body: unknown, path = 'mood') => useServer().fetch(`/v2/models/${path}/infer`, post(body));

  test('int64 inputs give the logits of the graph', async () => {
    expect(await jsonOf(await infer({ id: 'call-1', inputs: [IDS, MASK] }))).toEqual({
      model_name: 'mood',
      model_version: '1.0.0',
      id: 'call-1',
      outputs: [{ name: 'logits', datatype: 'FP32', shape: [2, 3], data: [-2, 0, 4, 2, 0, -1] }],
    });
  });

  test('data may be nested by rows', async () => {
    const nested = {
      ...IDS,
      data: [
        [2, 2],
        [3, 0],
      ],
    };
    expect(await jsonOf(await infer({ inputs: [nested, MASK] }))).toMatchObject({
      outputs: [{ data: [-2, 0, 4, 2, 0, -1] }],
    });
  });

  test('a version has its own path', async () => {
    const answer = await jsonOf(await infer({ inputs: [IDS, MASK] }, 'mood/versions/2.0.0'));
    expect(answer).toMatchObject({ model_version: '2.0.0', outputs: [{ data: [4, 0, -2, -1, 0, 2] }] });
  });

  test('metadata names inputs and outputs; -1 stands for any length', async () => {
    expect(await jsonOf(await useServer().fetch('/v2/models/mood', get()))).toEqual({
      name: 'mood',
      versions: ['1.0.0', '2.0.0'],
      platform: 'onnx_onnxv1',
      inputs: [
        { name: 'input_ids', datatype: 'INT64', shape: [-1, -1] },
        { name: 'attention_mask', datatype: 'INT64', shape: [-1, -1] },
      ],
      outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, 3] }],
    });
  });

  test('server metadata, readiness and health are where the protocol has them', async () => {
    const read = async (path: string) => jsonOf(await useServer().fetch(path, get()));
    expect(await read('/v2')).toMatchObject({ name: 'edgemark', extensions: [] });
    expect(await read('/v2/models/mood/ready')).toEqual({ name: 'mood', ready: true });
    expect(await read('/v2/health/live')).toEqual({ live: true });
    expect(await read('/v2/health/ready')).toEqual({ ready: true });
  });

  test.each([
    ['an input is missing', [IDS], 'attention_mask'],
    ['an input is unknown', [IDS, MASK, tensor('more', [1], [1])], 'more'],
    ['the datatype is another', [{ ...IDS, datatype: 'FP32' }, MASK], 'INT64'],
    ['the number of dimensions is another', [{ ...IDS, shape: [4] }, MASK], 'dimensions'],
    ['there are fewer values than the shape says', [{ ...IDS, data: [2, 2, 3] }, MASK], '3 values'],
    ['a value is not an integer', [{ ...IDS, data: [2, 2, 3, 0.5] }, MASK], 'data[3]'],
    ['a value is text', [{ ...IDS, data: [2, 2, 3, '0'] }, MASK], 'data[3]'],
    ['the shape has a million and one elements', [{ ...IDS, shape: [1, 1_000_001] }, MASK], 'limit'],
  ])('when %s, the error names it', async (_, inputs, word) => {
    expect(await errorOf(await infer({ inputs }), 422)).toContain(word);
  });

  test('an unknown output, and an unknown model or version, are told', async () => {
    expect(await errorOf(await infer({ inputs: [IDS, MASK], outputs: [{ name: 'x' }] }), 422)).toContain('outputs[0]');
    expect(await errorOf(await infer({ inputs: [IDS, MASK] }, 'nothing'), 404)).toContain('nothing');
    expect(await errorOf(await infer({ inputs: [IDS, MASK] }, 'mood/versions/9.9.9'), 404)).toContain('9.9.9');
  });

  test('values that the graph rejects are the caller’s error, and the model goes on', async () => {
    const outOfRange = { ...IDS, data: [2, 2, 999, 0] };
    expect(await errorOf(await infer({ inputs: [outOfRange, MASK] }), 422)).toContain('rejected');
    const wider = tensor('attention_mask', [2, 3], [1, 1, 1, 1, 1, 1]);
    expect(await errorOf(await infer({ inputs: [IDS, wider] }), 422)).toContain('rejected');
    expect(await jsonOf(await infer({ inputs: [IDS, MASK] }))).toMatchObject({ outputs: [{ shape: [2, 3] }] });
  });
}

function tensor(name: string, shape: number[], data: unknown[]) {
  return { name, shape, datatype: 'INT64', data };
}
