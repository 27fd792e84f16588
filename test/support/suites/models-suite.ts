import { expect, test } from 'vitest';
import {
  type Choice,
  ChoiceSchema,
  ModelDetailSchema,
  type ModelList,
  ModelListSchema,
} from '../../../functions/models/contract.ts';
import { tenantModelsRoot } from '../../../shared/model/model-keys.ts';
import { seedPack } from '../seed-store.ts';
import { get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { tinyPack } from '../tiny-pack.ts';

/** The registry's door: what there is, and which fits. */
export function describeModels(useServer: UseServer): void {
  const list = async (key?: string): Promise<ModelList> =>
    ModelListSchema.parse(await jsonOf(await useServer().fetch('/v1/models', get(key))));
  const choose = async (query: string): Promise<Choice> =>
    ChoiceSchema.parse(await jsonOf(await useServer().fetch(`/v1/models/choose?${query}`, get())));
  const chooseByRows = async (body: object): Promise<Choice> => {
    const request = { task: 'text-classification', ...body };
    return ChoiceSchema.parse(await jsonOf(await useServer().fetch('/v1/models/choose', post(request))));
  };

  test('the list names versions, aliases, labels and sizes', async () => {
    const mood = (await list()).models.find((model) => model.name === 'mood');
    expect(mood).toMatchObject({
      version: '1.0.0',
      versions: ['1.0.0', '2.0.0'],
      aliases: { production: '1.0.0', canary: '2.0.0' },
      labels: ['negative', 'neutral', 'positive'],
    });
    expect(mood?.sizeBytes).toBeGreaterThan(500);
    const paint = (await list()).models.find((model) => model.name === 'paint-and-light');
    expect(paint).toMatchObject({
      task: 'image-classification',
      attributes: { colour: ['red', 'green', 'blue'], light: ['dark', 'bright'] },
    });
  });

  test("a tenant's own models are its own, and go before shared ones of the same name", async () => {
    const root = tenantModelsRoot('other');
    await seedPack(useServer().store, await tinyPack({ name: 'private' }), { root });
    await seedPack(useServer().store, await tinyPack({ name: 'short', version: '7.0.0' }), { root });
    const own = (await list(KEYS.otherTenant)).models;
    expect(own.map((model) => model.name)).toContain('private');
    expect(own.find((model) => model.name === 'short')?.version).toBe('7.0.0');
    const others = (await list()).models;
    expect(others.map((model) => model.name)).not.toContain('private');
    expect(others.find((model) => model.name === 'short')?.version).toBe('1.0.0');
    const stranger = await useServer().fetch('/v1/classify', post({ inputs: 'good', model: 'private' }));
    expect((await problemOf(stranger, 404)).detail).toContain('private');
  });

  test('one model shows manifest and card', async () => {
    const shown = ModelDetailSchema.parse(await jsonOf(await useServer().fetch('/v1/models/mood', get())));
    expect(shown.manifest).toMatchObject({ name: 'mood', scores: 'softmax', metrics: [{ name: 'accuracy' }] });
    expect(shown.card).toMatch(/^# mood\n/);
  });

  test('an unknown model is not found, a name that cannot be one is refused', async () => {
    expect((await problemOf(await useServer().fetch('/v1/models/nothing', get()), 404)).type).toContain('not-found');
    expect((await problemOf(await useServer().fetch('/v1/models/No%20Name', get()), 422)).errors?.[0]?.pointer).toBe(
      'name',
    );
  });

  test('choose ranks by the published accuracies and tells why others are out', async () => {
    const { store } = useServer();
    await seedPack(store, await tinyPack({ name: 'zh-weak', languages: ['zh'], accuracy: 0.7 }));
    await seedPack(store, await tinyPack({ name: 'zh-strong', languages: ['zh'], accuracy: 0.9 }));
    const { candidates, excluded } = await choose('task=text-classification&language=zh-CN');
    expect(candidates.map(({ rank, name }) => [rank, name])).toEqual([
      [1, 'zh-strong'],
      [2, 'zh-weak'],
    ]);
    expect(candidates[0]?.reasons).toContain('accuracy 90.0 % on made-up, test');
    expect(excluded.find((model) => model.name === 'mood')?.reason).toBe('it knows en, not zh-CN');
  });

  test('choose leaves out what is too large, and refuses what it does not know', async () => {
    expect((await choose('task=text-classification&maxSizeMb=0.000001')).candidates).toEqual([]);
    expect((await choose('task=ranking')).candidates).toEqual([]);
    for (const query of ['', 'task=x&prefer=luck', 'task=x&maxSizeMb=-1', 'task=x&colour=red']) {
      await problemOf(await useServer().fetch(`/v1/models/choose?${query}`, get()), 422);
    }
  });

  test('choose runs the candidates on labelled rows and ranks by what they got right', async () => {
    const { store } = useServer();
    await seedPack(store, await tinyPack({ name: 'fr-right', languages: ['fr'], accuracy: 0.1 }));
    const words = { good: [2, 0, -1], bad: [-1, 0, 2], fine: [0, 1, 0] };
    await seedPack(store, await tinyPack({ name: 'fr-wrong', languages: ['fr'], accuracy: 0.9, words }));
    const rows = [
      { text: 'good', label: 'positive' },
      { text: 'bad', label: 'negative' },
      { text: 'fine', label: 'neutral' },
      'unlabelled',
    ];
    const { candidates } = await chooseByRows({ language: 'fr', rows });
    expect(candidates.map((candidate) => [candidate.name, candidate.trial?.accuracy?.value])).toEqual([
      ['fr-right', 1],
      ['fr-wrong', 1 / 3],
    ]);
    // Wilson's 95 % interval of 3 right of 3: [3 / (3 + 1.96²), 1]. Both give the same label to two rows of four.
    expect(candidates[0]?.trial?.accuracy?.interval).toEqual([expect.closeTo(0.4385, 4), expect.closeTo(1, 12)]);
    expect(candidates[0]?.trial).toMatchObject({ rows: 4, agreement: 0.5, unknownLabels: [] });
  });

  test('choose runs candidates that do not fit into memory together', async () => {
    for (const name of ['it-one', 'it-two']) {
      await seedPack(useServer().store, await tinyPack({ name, languages: ['it'], heapBytes: 60 * 2 ** 20 }));
    }
    const { candidates } = await chooseByRows({ language: 'it', rows: ['good', 'bad'] });
    expect(candidates.map(({ trial }) => trial?.agreement)).toEqual([1, 1]);
  });

  test('choose says which of the labels a model does not have', async () => {
    const rows = [{ text: 'good', label: 'sport' }];
    const { candidates } = await chooseByRows({ language: 'en', rows });
    expect(candidates.find(({ name }) => name === 'mood')?.trial?.unknownLabels).toEqual(['sport']);
  });

  test('choose refuses 201 rows', async () => {
    const rows = Array.from({ length: 201 }, () => 'good');
    const request = post({ task: 'text-classification', rows });
    const problem = await problemOf(await useServer().fetch('/v1/models/choose', request), 422);
    expect(problem.errors?.[0]?.pointer).toBe('rows');
  });
}
