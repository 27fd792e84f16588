import { beforeAll, describe, expect, test } from 'vitest';
import { type EvaluationAnswer, EvaluationSchema, ProgressSchema } from '../../../functions/evaluate/contract.ts';
import { tenantModelsRoot } from '../../../shared/model/model-keys.ts';
import { eventually } from '../eventually.ts';
import { DATASET_VERSION, seedDataset } from '../seed-dataset.ts';
import { seedPack } from '../seed-store.ts';
import { get, jsonOf, post, problemOf, type UseServer } from '../test-server.ts';
import { paintPng } from '../tiny-images.ts';
import { tinyPack } from '../tiny-pack.ts';
import { TABLE, tinyRecommenderPack } from '../tiny-recommender-pack.ts';

/** `mood` says positive of "good", negative of "bad", neutral of "fine"; version 2.0.0, the canary, the other way round of the first two. */
const ROWS = [
  { id: '1', text: 'good', label: 'positive', country: 'NO' },
  { id: '2', text: 'bad', label: 'negative', country: 'NO' },
  { id: '3', text: 'fine', label: 'neutral', country: 'NO' },
  { id: '4', text: 'good good', label: 'positive', country: 'SE' },
  { id: '5', text: 'bad', label: 'positive', country: 'SE' },
  { id: '6', text: 'good', label: 'mixed', country: 'SE' },
];
const TWO = ROWS.filter(({ label }) => label === 'positive' || label === 'negative');
const RED = paintPng(8, 8, () => [255, 0, 0]);
const BLUE = paintPng(8, 8, () => [0, 0, 255]);
const GREY = paintPng(8, 8, () => [128, 128, 128]);

/** What `POST /v1/evaluate` answers about datasets, and of models that are asked about their rows, on every platform. */
export function describeEvaluateModels(useServer: UseServer): void {
  const source = (name: string, more: object = {}) => ({ dataset: { name, ...more } });
  const ask = async (body: object): Promise<EvaluationAnswer> => {
    const begun = ProgressSchema.parse(await jsonOf(await useServer().fetch('/v1/evaluate', post(body)), 202));
    return eventually(async () => {
      await useServer().deliver();
      return EvaluationSchema.parse(await jsonOf(await useServer().fetch(`/v1/evaluate/${begun.id}`, get())));
    });
  };
  const refused = async (body: object, status = 422) =>
    problemOf(await useServer().fetch('/v1/evaluate', post(body)), status);
  const figure = (answer: EvaluationAnswer, name: string) => answer.metrics[name]?.value;

  beforeAll(async () => {
    const { store } = useServer();
    await seedDataset(store, {
      name: 'moods',
      splits: { test: [ROWS.slice(0, 4), ROWS.slice(4)] },
      columns: ['country'],
    });
    await seedDataset(store, { name: 'two-moods', splits: { test: [TWO] }, columns: ['country'] });
    const scored = [0.9, 0.2, 0.6, 0.7].map((score, place) => ({
      id: String(place),
      text: 'x',
      label: String((place + 1) % 2),
      score,
    }));
    await seedDataset(store, { name: 'scored', splits: { test: [scored.slice(0, 1), scored.slice(1)] } });
    await seedDataset(store, {
      name: 'orders',
      kind: 'interactions',
      splits: { test: [[{ user: 'u', itemId: 'i', type: 'purchase', at: 1 }]] },
    });
    const visit = (user: string, itemId: string, day: number, type = 'view') => ({
      user,
      itemId,
      type,
      at: `2026-01-0${day}T00:00:00Z`,
    });
    const before = [visit('anna', 'mug', 1), visit('cleo', 'mug', 1, 'purchase'), visit('dora', 'wok', 1)];
    const after = [visit('anna', 'teapot', 3, 'purchase'), visit('ben', 'pan', 3), visit('cleo', 'mug', 4)];
    await seedDataset(store, {
      name: 'visits',
      kind: 'interactions',
      splits: { train: [before], test: [after.slice(0, 1), after.slice(1)] },
    });
    const table = TABLE.map((row, place) => (place === 0 ? [0, 0.5, 1, 0.25, 0, 0] : row));
    await seedPack(store, await tinyRecommenderPack({ name: 'other-kitchen', table }));
    const pictures = { 'images/red.png': RED, 'images/blue.png': BLUE, 'images/grey.png': GREY };
    const rows = Object.keys(pictures).map((image, place) => ({
      id: image,
      image,
      labels: { colour: ['red', 'red', 'other'][place], light: ['dark', 'dark', 'bright'][place] },
    }));
    const lost = { id: 'lost', image: 'images/lost.png', labels: { colour: 'red', light: 'dark' } };
    await seedDataset(store, {
      name: 'paintings',
      kind: 'image-classification',
      splits: { test: [[...rows, lost]] },
      pictures,
    });
  });

  test('rows of a dataset that carry their predictions are rows of the task', async () => {
    const answer = await ask({ task: 'binary-classification', source: source('scored') });
    expect(figure(answer, 'rocAuc')).toBe(0.75);
    expect(answer.dataset).toEqual({ name: 'scored', version: DATASET_VERSION, split: 'test', rows: 4 });
    expect(answer.models).toBeUndefined();
  });

  test('a model is asked about every row, and the answer says which version of what it was', async () => {
    const answer = await ask({ task: 'classification', source: source('moods'), model: 'mood', slices: ['country'] });
    expect(figure(answer, 'count')).toBe(6);
    // Rows 5 and 6 are wrong: the one by its text, the other as the model has no such label.
    expect(figure(answer, 'accuracy')).toBeCloseTo(4 / 6, 12);
    expect(answer.models).toEqual([
      {
        name: 'mood',
        version: '1.0.0',
        role: 'candidate',
        manifestSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        unknownLabels: { rows: 1, labels: { mixed: 1 } },
      },
    ]);
    expect(answer.warnings.join()).toContain('1 of 6 rows have labels that mood@1.0.0 does not know');
    expect(answer.dataset).toEqual({ name: 'moods', version: DATASET_VERSION, split: 'test', rows: 6 });
    const byCountry = answer.slices?.[0]?.values.map(({ value, evaluation }) => [
      value,
      evaluation.metrics['accuracy']?.value,
    ]);
    expect(byCountry).toEqual(
      expect.arrayContaining([
        ['NO', 1],
        ['SE', expect.closeTo(1 / 3, 12)],
      ]),
    );
    const page = await (await useServer().fetch(`/v1/evaluate/${answer.id}?format=html`, get())).text();
    expect(page).toContain('mood@1.0.0');
    expect(page).toContain('moods');
  });

  test('two models are compared on the same rows, with a verdict, and gates see both', async () => {
    const gates = {
      rules: [
        { metric: 'accuracy', minChange: 0 },
        { metric: 'accuracyDifference', min: 0, judgedBy: 'interval' },
      ],
    };
    const request = {
      task: 'classification',
      source: source('moods'),
      model: 'mood@canary',
      compare: { model: 'mood' },
    };
    const answer = await ask({ ...request, gates });
    // The canary does not know "fine", and is right in row 5 alone.
    expect(figure(answer, 'accuracy')).toBeCloseTo(1 / 6, 12);
    expect(answer.models?.map(({ name, version, role }) => [name, version, role])).toEqual([
      ['mood', '2.0.0', 'candidate'],
      ['mood', '1.0.0', 'baseline'],
    ]);
    expect(answer.models?.[1]?.evaluation?.metrics['accuracy']?.value).toBeCloseTo(4 / 6, 12);
    expect(answer.comparison?.metrics['accuracyDifference']?.value).toBeCloseTo(-3 / 6, 12);
    expect(answer.summary?.[0]).toMatch(/50\.00 fewer right answers per 100 rows/);
    expect(answer.summary?.at(-1)).toBe('The candidate is mood@2.0.0, the baseline mood@1.0.0.');
    expect(answer.gates?.passed).toBe(false);
    expect(answer.gates?.checks[0]).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('0.6667 to 0.1667'),
    });
    const page = await (await useServer().fetch(`/v1/evaluate/${answer.id}?format=html`, get())).text();
    expect(page).toContain('The comparison');
    expect(page).toContain('mood@2.0.0');
  });

  test('an evaluation whose gates held lets a version of one’s own serve, and one whose gates failed does not', async () => {
    const { store, fetch } = useServer();
    const root = tenantModelsRoot('acme');
    const worse = { good: [2, 0, -1], bad: [-1, 0, 2] };
    await seedPack(store, await tinyPack({ name: 'own-mood', version: '1.0.0', words: worse }), { root });
    await seedPack(store, await tinyPack({ name: 'own-mood', version: '2.0.0' }), { root, alias: null });
    const gates = { rules: [{ metric: 'accuracy', minChange: 0.1 }] };
    const request = { task: 'classification', source: source('moods'), gates };
    const promote = (version: string, evaluation: string | undefined) =>
      fetch('/v1/models/own-mood/promote', post({ version, evaluation, reason: 'it is better' }));
    const back = await ask({ ...request, model: 'own-mood', compare: { model: 'own-mood@2.0.0' } });
    expect((await problemOf(await promote('1.0.0', back.id), 403)).detail).toContain(
      'accuracy went from 0.6667 to 0.1667',
    );
    const forth = await ask({ ...request, model: 'own-mood@2.0.0', compare: { model: 'own-mood' } });
    expect(await jsonOf(await promote('2.0.0', forth.id))).toMatchObject({
      to: '2.0.0',
      evidence: {
        evaluation: forth.id,
        gates: { passed: true },
        summary: [
          expect.stringContaining('more right answers per 100 rows'),
          expect.stringContaining('own-mood@2.0.0'),
        ],
      },
    });
  });

  test('of two labels one is positive, and scores are its part of both', async () => {
    const request = {
      task: 'binary-classification',
      source: source('two-moods'),
      model: 'mood',
      compare: { model: 'mood@canary' },
    };
    const answer = await ask({ ...request, positive: 'positive' });
    // Scores of the rows 1, 2, 4, 5: good, bad, good good, bad. Of the three pairs of a 1 with the 0, two are right and one is a tie.
    expect(figure(answer, 'rocAuc')).toBeCloseTo(2.5 / 3, 12);
    expect(figure(answer, 'accuracy')).toBe(0.75);
    expect(answer.models?.[1]?.evaluation?.metrics['rocAuc']?.value).toBeCloseTo(0.5 / 3, 12);
    expect(answer.comparison?.metrics['rocAucDifference']?.value).toBeCloseTo(2 / 3, 12);
    // softmax of [-1, 0, 2] among the first and the last: 1 / (1 + e^-3).
    const loss =
      (-Math.log(1 / (1 + Math.exp(-3))) -
        Math.log(1 / (1 + Math.exp(-3))) -
        Math.log(1 / (1 + Math.exp(-6))) -
        Math.log(1 - 1 / (1 + Math.exp(-3)))) /
      4;
    expect(figure(answer, 'logLoss')).toBeCloseTo(loss, 6);
  });

  test('pictures are asked about one question of the model', async () => {
    const answer = await ask({
      task: 'classification',
      source: source('paintings'),
      model: 'paint-and-light',
      attribute: 'colour',
    });
    expect(answer.rows).toMatchObject({
      read: 4,
      rejected: 1,
      firstRejected: [{ line: 4, reason: 'image: there is no images/lost.png' }],
    });
    // Red is red, blue is not red, and grey is nothing that the model knows.
    expect(figure(answer, 'accuracy')).toBeCloseTo(2 / 3, 12);
    expect(answer.models?.[0]?.unknownLabels).toEqual({ rows: 0, labels: {} });
  });

  describe('a recommender', () => {
    const request = { task: 'ranking', source: source('visits'), model: 'kitchen' };
    /** nDCG of one relevant item in the second place. */
    const SECOND = 1 / Math.log2(3);

    test('is asked about every user at the moment of the first interaction that was held out', async () => {
      const answer = await ask(request);
      // Anna's mug leads to the teapot first; Ben is new, and the pan is the second most popular; Cleo had the mug before.
      expect(figure(answer, 'count')).toBe(2);
      expect(figure(answer, 'ndcg@10')).toBeCloseTo((1 + SECOND) / 2, 12);
      expect(answer.models).toMatchObject([{ name: 'kitchen', version: '1.0.0', unknownLabels: { rows: 0 } }]);
    });

    test('is right of what was had before only where that may come again', async () => {
      const answer = await ask({ ...request, allowSeen: true });
      expect(figure(answer, 'count')).toBe(3);
      expect(figure(answer, 'ndcg@10')).toBeCloseTo((1 + SECOND) / 3, 12);
    });

    test('is compared with another, query by query', async () => {
      const gates = { rules: [{ metric: 'ndcg@10', minChange: 0.1 }] };
      const answer = await ask({ ...request, compare: { model: 'other-kitchen' }, gates });
      // There the mug leads to the saucer first.
      expect(answer.models?.[1]?.evaluation?.metrics['ndcg@10']?.value).toBeCloseTo(SECOND, 12);
      expect(answer.comparison?.metrics['qualityDifference']?.value).toBeCloseTo((1 - SECOND) / 2, 12);
      expect(answer.summary?.[0]).toContain('the quality of its rankings is 0.185 more');
      expect(answer.gates?.passed).toBe(true);
    });
  });

  test('the same wish is answered at once', async () => {
    const request = { task: 'classification', source: source('moods'), model: 'mood', intervals: { seed: 7 } };
    const first = await ask(request);
    const again = EvaluationSchema.parse(await jsonOf(await useServer().fetch('/v1/evaluate', post(request))));
    expect(again.id).toBe(first.id);
  });

  describe('a refusal', () => {
    const base = { task: 'classification', source: source('moods'), model: 'mood' };
    test.each([
      ['a model without a dataset', { task: 'classification', rows: ROWS, model: 'mood' }, 'source.dataset'],
      ['two sources', { ...base, source: { keys: ['a'], dataset: { name: 'moods' } } }, 'one of its kinds'],
      ['a comparison of nothing', { ...base, model: undefined, compare: { model: 'mood' } }, 'compare'],
      ['a split without rows', { ...base, source: source('moods', { split: 'train' }) }, 'has no rows'],
      ['a task that is none of models', { ...base, task: 'regression' }, 'classification or binary-classification'],
      ['a model of another kind', { ...base, model: 'paint' }, 'not a text classifier'],
      ['a second model of another kind', { ...base, compare: { model: 'kitchen' } }, 'compare.model'],
      ['a model that is written wrong', { ...base, compare: { model: 'Mood!' } }, 'compare.model'],
      ['two classes of three labels', { ...base, task: 'binary-classification' }, 'two labels'],
      [
        'two classes of which none is chosen',
        { ...base, task: 'binary-classification', source: source('two-moods') },
        'positive',
      ],
      [
        'classes that the model does not know',
        { ...base, task: 'binary-classification', source: source('two-moods'), model: 'topics', positive: 'positive' },
        'does not know',
      ],
      ['columns beside a model', { ...base, columns: { label: 'country' } }, 'columns'],
      ['slices by what is not there', { ...base, slices: ['city'] }, 'country'],
      [
        'a baseline beside a comparison',
        {
          ...base,
          compare: { model: 'mood' },
          gates: { rules: [{ metric: 'accuracy', min: 0 }], baseline: { accuracy: 1 } },
        },
        'gates.baseline',
      ],
      ['a classification of interactions', { ...base, source: source('visits'), model: 'kitchen' }, 'must be ranking'],
      ['slices of users', { task: 'ranking', source: source('visits'), model: 'kitchen', slices: ['label'] }, 'slices'],
      [
        'a recommender with nothing to recommend from',
        { task: 'ranking', source: source('orders'), model: 'kitchen' },
        'nothing before it',
      ],
      ['a recommender of ratings', { task: 'ranking', source: source('visits'), model: 'stars' }, 'made to recommend'],
      [
        'an image model without its question',
        { ...base, source: source('paintings'), model: 'paint-and-light' },
        'attribute',
      ],
      [
        'a question that it does not answer',
        { ...base, source: source('paintings'), model: 'paint', attribute: 'light' },
        'colour',
      ],
    ])('names %s', async (_, body, word) => {
      expect(JSON.stringify(await refused(body))).toContain(word);
    });

    test('names a dataset, a version and models that are not there', async () => {
      expect((await refused({ ...base, source: source('none') }, 404)).detail).toContain('dataset "none"');
      const version = '20250101T000000Z-0123456789';
      expect((await refused({ ...base, source: source('moods', { version }) }, 404)).detail).toContain(version);
      expect((await refused({ ...base, model: 'nobody' }, 404)).detail).toContain('"nobody"');
      expect((await refused({ ...base, model: 'mood@9.9.9' }, 404)).detail).toContain('9.9.9');
    });
  });
}
