import { expect, test } from 'vitest';
import { type ClassifyResponse, ClassifyResponseSchema } from '../../../functions/classify/contract.ts';
import { seedPack } from '../seed-store.ts';
import { jsonOf, post, type UseServer } from '../test-server.ts';
import { tinyPack } from '../tiny-pack.ts';

/** softmax([-1, 0, 2]) worked out by hand: e^-1, e^0 and e^2 over their sum 8.756935540102. */
export const GOOD = { positive: 0.843794734481, neutral: 0.114195199385, negative: 0.042010066134 };

/** What `POST /v1/classify` answers, with exact scores. */
export function describeClassify(useServer: UseServer): void {
  const classify = async (body: unknown): Promise<ClassifyResponse> =>
    ClassifyResponseSchema.parse(await jsonOf(await useServer().fetch('/v1/classify', post(body))));

  test('a text gets its labels, best first, with their softmax scores', async () => {
    const answer = await classify({ inputs: 'a good one', model: 'mood' });
    expect(answer.model).toEqual({ name: 'mood', version: '1.0.0' });
    expect(answer.results).toEqual([{ labels: scored(GOOD), truncated: false }]);
  });

  test('rows keep their order and their ids', async () => {
    const inputs = [{ id: 'first', text: 'bad' }, 'fine', { id: 'third', text: 'good' }];
    const { results } = await classify({ inputs, model: 'mood', topK: 1 });
    expect(results.map((row) => [row.id, row.labels?.[0]?.label])).toEqual([
      ['first', 'negative'],
      [undefined, 'neutral'],
      ['third', 'positive'],
    ]);
  });

  test('rows of very different lengths get the scores that each gets alone', async () => {
    const inputs = ['good', 'bad '.repeat(40), 'fine fine', 'good bad good', 'nothing known'];
    const { results } = await classify({ inputs, model: 'mood' });
    for (const [index, text] of inputs.entries()) {
      const alone = await classify({ inputs: text, model: 'mood' });
      expect(results[index]).toEqual(alone.results[0]);
    }
  });

  test('words that the model does not know leave all labels alike', async () => {
    const { results } = await classify({ inputs: 'xyzzy 送餐太慢了 🙂', model: 'mood' });
    const third = expect.closeTo(1 / 3, 12);
    expect(results[0]?.labels).toEqual([
      { label: 'negative', score: third },
      { label: 'neutral', score: third },
      { label: 'positive', score: third },
    ]);
  });

  test('bad rows are answered with their own problems and fail no other row', async () => {
    const inputs = ['good', '  ', { id: 'n', text: 7 }, { id: 'long', text: 'x'.repeat(32_769) }, null, 'bad'];
    const { results, requestId } = await classify({ inputs, model: 'mood', topK: 1 });
    expect(results.map((row) => row.labels?.[0]?.label ?? row.error?.errors?.[0]?.pointer)).toEqual([
      'positive',
      'inputs[1]',
      'inputs[2]',
      'inputs[3]',
      'inputs[4]',
      'negative',
    ]);
    expect(results[2]).toMatchObject({ id: 'n', error: { status: 422, requestId } });
    expect(results[3]?.error?.detail).toContain('32769 characters');
  });

  test('topK cuts the list and threshold drops labels below it', async () => {
    expect((await classify({ inputs: 'good', model: 'mood', topK: 2 })).results[0]?.labels).toEqual(
      scored(GOOD).slice(0, 2),
    );
    expect((await classify({ inputs: 'good', model: 'mood', threshold: 0.5 })).results[0]?.labels).toEqual(
      scored(GOOD).slice(0, 1),
    );
    expect((await classify({ inputs: 'good', model: 'mood', threshold: 0.99 })).results[0]?.labels).toEqual([]);
  });

  test('a text longer than the model reads is cut and said to be', async () => {
    const { results } = await classify({ inputs: ['good bad', 'good bad fine'], model: 'short' });
    expect(results.map((row) => row.truncated)).toEqual([false, true]);
    expect(results[1]?.labels).toEqual(results[0]?.labels);
  });

  test('a name means the production alias; versions and other aliases are named after an @', async () => {
    const version = async (model: string) => (await classify({ inputs: 'good', model })).model?.version;
    expect(await version('mood')).toBe('1.0.0');
    expect(await version('mood@production')).toBe('1.0.0');
    expect(await version('mood@1.0.0')).toBe('1.0.0');
    expect(await version('mood@2.0.0')).toBe('2.0.0');
    expect(await version('mood@canary')).toBe('2.0.0');
    const canary = await classify({ inputs: 'good', model: 'mood@canary', topK: 1 });
    expect(canary.results[0]?.labels?.[0]?.label).toBe('negative');
  });

  test('several models answer each row in one call, under the names they were asked by', async () => {
    const answer = await classify({ inputs: ['good goal'], models: ['mood', 'mood@2.0.0', 'topics'], topK: 1 });
    expect(answer.models?.map((model) => model.version)).toEqual(['1.0.0', '2.0.0', '1.0.0']);
    expect(answer.results[0]?.byModel).toMatchObject({
      mood: { labels: [{ label: 'positive' }] },
      'mood@2.0.0': { labels: [{ label: 'negative' }] },
      topics: { labels: [{ label: 'sport' }] },
    });
    expect(answer).not.toHaveProperty('model');
  });

  test('models that do not fit into memory together are answered one after the other', async () => {
    for (const name of ['large-one', 'large-two', 'large-three']) {
      await seedPack(useServer().store, await tinyPack({ name, heapBytes: 60 * 2 ** 20 }));
    }
    const models = ['large-one', 'large-two', 'large-three'];
    const { results } = await classify({ inputs: ['good'], models, topK: 1 });
    expect(Object.keys(results[0]?.byModel ?? {})).toEqual(models);
  });

  test('a multi-label pack scores each label on its own', async () => {
    const { results } = await classify({ inputs: 'the club', model: 'topics' });
    expect(results[0]?.labels).toEqual([
      { label: 'sport', score: expect.closeTo(0.7310585786300049, 12) },
      { label: 'news', score: expect.closeTo(0.2689414213699951, 12) },
    ]);
  });

  test('256 rows are answered in one call', async () => {
    const inputs = Array.from({ length: 256 }, (_, i) => (i % 2 === 0 ? 'good' : 'bad bad'));
    const { results } = await classify({ inputs, model: 'mood', topK: 1 });
    expect(results.map((row) => row.labels?.[0]?.label)).toEqual(
      inputs.map((text) => (text === 'good' ? 'positive' : 'negative')),
    );
  });

  test('lone surrogates and control characters are text like any other', async () => {
    const { results } = await classify({
      inputs: ['good \ud800', '\u0000 good \u0007', '\udc00'],
      model: 'mood',
      topK: 1,
    });
    expect(results.map((row) => row.error)).toEqual([undefined, undefined, undefined]);
    expect(results[0]?.labels?.[0]?.label).toBe('positive');
  });
}

function scored(scores: Readonly<Record<string, number>>): { label: string; score: number }[] {
  return Object.entries(scores).map(([label, score]) => ({ label, score: expect.closeTo(score, 10) }));
}
