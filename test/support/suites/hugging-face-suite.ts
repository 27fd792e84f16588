import { expect, test } from 'vitest';
import { get, jsonOf, post, type UseServer } from '../test-server.ts';
import { GOOD } from './classify-suite.ts';

/** The shape of the Hugging Face Inference API: one list of labels a text, errors as `{"error"}`. */
export function describeHuggingFace(useServer: UseServer): void {
  const call = (model: string, body: unknown, key?: string | null) =>
    useServer().fetch(`/hf/text-classification/${model}`, post(body, key));

  test('one text gets a list within a list, all labels, best first', async () => {
    const answer = await jsonOf(await call('mood', { inputs: 'good' }));
    expect(answer).toEqual([
      Object.entries(GOOD).map(([label, score]) => ({ label, score: expect.closeTo(score, 10) })),
    ]);
  });

  test('several texts get one list each, and top_k cuts them', async () => {
    const body = { inputs: ['good', 'bad'], parameters: { top_k: 1 } };
    expect(await jsonOf(await call('mood', body))).toEqual([
      [{ label: 'positive', score: expect.closeTo(GOOD.positive, 10) }],
      [{ label: 'negative', score: expect.closeTo(GOOD.positive, 10) }],
    ]);
  });

  test('a version is named after an @, as it is or percent-encoded', async () => {
    for (const model of ['mood@2.0.0', 'mood%402.0.0']) {
      expect(await jsonOf(await call(model, { inputs: 'good', parameters: { top_k: 1 } }))).toMatchObject([
        [{ label: 'negative' }],
      ]);
    }
  });

  test('a function that the model was not made for is refused', async () => {
    const body = { inputs: 'good', parameters: { function_to_apply: 'sigmoid' } };
    expect(await errorOf(await call('mood', body), 422)).toContain('softmax');
  });

  test.each([
    ['no key', 401, 'mood', { inputs: 'good' }, null],
    ['an unknown model', 404, 'nothing', { inputs: 'good' }, undefined],
    ['an unknown version', 404, 'mood@9.9.9', { inputs: 'good' }, undefined],
    ['an empty list', 422, 'mood', { inputs: [] }, undefined],
    ['an empty text', 422, 'mood', { inputs: '' }, undefined],
    ['inputs of another type', 422, 'mood', { inputs: 7 }, undefined],
  ])('%s is told as {"error"}', async (_, status, model, body, key) => {
    expect(await errorOf(await call(model, body, key), status)).not.toBe('');
  });

  test('a GET says that the method is not allowed', async () => {
    const response = await useServer().fetch('/hf/text-classification/mood', get());
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
}

/** The text of an error in the Hugging Face and Open Inference shape, which has no other field. */
export async function errorOf(response: Response, status: number): Promise<string> {
  const body = await jsonOf(response, status);
  expect(body).toEqual({ error: expect.any(String) });
  expect(response.headers.get('content-type')).toBe('application/json');
  return String(Reflect.get(Object(body), 'error'));
}
