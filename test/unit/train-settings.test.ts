import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkSettings } from '../../functions/train/check-settings.ts';
import { familyOf } from '../../functions/train/families.ts';
import { MAX_PICTURES } from '../../functions/train/pictures.ts';
import { FAMILY_BY_TASK } from '../../functions/train/round-request.ts';
import { startTraining } from '../../functions/train/train.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { gzip } from '../../shared/core/gzip.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fromJsonBytes } from '../../shared/core/json-bytes.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRandom } from '../support/random.ts';
import { waitingRounds } from '../support/staged-endpoint.ts';
import { CALLER, DATASET_VERSION, seedDataset, TENANT, trainDeps, trainRequest } from '../support/train-world.ts';
import { utf8 } from '../support/utf8.ts';

const committed = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the function knows the families that the trainer prints', () => {
  expect(committed('functions/train/families.json')).toBe(committed('infra/trainer/families.json'));
});

test('each task has a family, and packs of the files that the endpoint says', () => {
  const contract = committed('infra/trainer/ENDPOINT.md');
  for (const { family, packPaths } of Object.values(FAMILY_BY_TASK)) {
    expect(Object.keys(familyOf(family).algorithms).length).toBeGreaterThan(1);
    const row = contract.split('\n').find((line) => line.startsWith(`| \`${family}\` |`)) ?? '';
    expect([...row.matchAll(/`([^`]+)`/g)].map(([, path]) => path).slice(1)).toEqual(packPaths.slice(2));
  }
});

describe('refused before anything runs, with what is allowed:', () => {
  test.each([
    ['an algorithm', { algorithm: 'forest' }, 'algorithm', 'allowed: auto, linear, bag-cnn'],
    ['an algorithm of another task', { algorithm: 'ease' }, 'algorithm', 'allowed: auto, linear, bag-cnn'],
    ['a name of every object', { algorithm: 'constructor' }, 'algorithm', 'is unknown'],
    ['a hyperparameter', { hyperparameters: { epoch: 5 } }, 'hyperparameters.epoch', 'schedule, clipNorm'],
    ['a name of every object as one', { hyperparameters: { toString: 5 } }, 'hyperparameters.toString', 'allowed: '],
    [
      'one of another algorithm',
      { algorithm: 'linear', hyperparameters: { epochs: 5 } },
      'hyperparameters.epochs',
      'is no hyperparameter of linear; allowed: vocabulary, maxTokens, hashed, inversePenalty, classWeights',
    ],
    ['a value below', { hyperparameters: { epochs: 0 } }, 'hyperparameters.epochs', 'must be from 1 to 1000'],
    ['a value above', { hyperparameters: { dropout: 0.95 } }, 'hyperparameters.dropout', 'must be from 0 to 0.9'],
    ['half an epoch', { hyperparameters: { epochs: 1.5 } }, 'hyperparameters.epochs', 'must be a whole number'],
    ['a text', { hyperparameters: { epochs: '5' } }, 'hyperparameters.epochs', 'must be a number'],
    ['a choice', { hyperparameters: { optimizer: 'lion' } }, 'hyperparameters.optimizer', 'sgd, momentum, adam, adamw'],
    ['a loss', { loss: { name: 'hinge' } }, 'loss.name', 'must be one of cross-entropy, focal, bce, mse, huber'],
    ['a part of the loss', { loss: { name: 'focal', gamma: 11 } }, 'loss.gamma', 'must be from 0 to 10'],
    ['a regularisation', { regularisation: { l2: 2 } }, 'regularisation.l2', 'must be from 0 to 1'],
    [
      'a regularisation that the algorithm has not',
      { task: 'recommendation', algorithm: 'ease', hyperparameters: {}, regularisation: { l1: 0.1 } },
      'regularisation.l1',
      'is no hyperparameter of ease',
    ],
    [
      'what is said twice, differently',
      { hyperparameters: { l2: 0.1 }, regularisation: { l2: 0.2 } },
      'regularisation.l2',
      'is also given as hyperparameters.l2',
    ],
    [
      'what can’t be searched',
      { search: space({ patience: { low: 1, high: 2 } }) },
      'search.space.patience',
      'allowed: ',
    ],
    ['a range', { search: space({ epochs: { low: 1, high: 2_000 } }) }, 'search.space.epochs', 'from 1 to 1000'],
    ['a range upside down', { search: space({ l2: { low: 0.5, high: 0.1 } }) }, 'search.space.l2', 'low must be below'],
    [
      'a range of choices',
      { search: space({ optimizer: { low: 0, high: 1 } }) },
      'search.space.optimizer',
      'one of sgd',
    ],
    ['a logarithm of 0', { search: space({ l2: { low: 0, high: 1, log: true } }) }, 'search.space.l2', 'above 0'],
    [
      'epochs of halving',
      { search: space({ epochs: { low: 1, high: 9 } }, 'halving') },
      'search.space.epochs',
      'halving',
    ],
    [
      'halving without epochs',
      { algorithm: 'linear', hyperparameters: {}, search: space({ hashed: { low: 100, high: 200 } }, 'halving') },
      'search.method',
      'allowed: random',
    ],
  ])('%s', (_, changes, pointer, words) => {
    const checked = checkSettings(trainRequest(changes));
    expect(checked).toMatchObject({ failure: { kind: 'invalid-request', errors: [{ pointer }] } });
    expect(!checked.ok && checked.failure.detail).toContain(words);
  });
});

test('all mistakes are told at once', () => {
  const checked = checkSettings(trainRequest({ hyperparameters: { epoch: 1, l2: 2 }, loss: { name: 'hinge' } }));
  expect(checked).toMatchObject({
    failure: {
      detail: expect.stringContaining('and 2 more'),
      errors: [{ pointer: 'hyperparameters.epoch' }, { pointer: 'hyperparameters.l2' }, { pointer: 'loss.name' }],
    },
  });
});

test.each([
  [{}],
  [{ hyperparameters: { epochs: 1_000, dropout: 0 }, loss: { name: 'focal', gamma: 2 }, regularisation: { l2: 1 } }],
  [{ hyperparameters: { l2: 0.2 }, regularisation: { l2: 0.2 } }],
  [{ search: space({ learningRate: { low: 1e-4, high: 0.1, log: true }, optimizer: { choices: ['sgd', 'adam'] } }) }],
  [{ task: 'recommendation', algorithm: 'pairwise', loss: { name: 'bpr' } }],
  [{ task: 'image-classification', algorithm: 'residual-net', hyperparameters: { width: 8, size: 32 } }],
])('what the endpoint takes is taken: %o', (changes) => {
  expect(checkSettings(trainRequest(changes))).toMatchObject({ ok: true });
});

test('a request that is refused leaves no job behind', async () => {
  const { deps, store } = world();
  await seedDataset(store);
  expect((await startTraining(deps, trainRequest({ algorithm: 'forest' }), CALLER)).ok).toBe(false);
  expect(await waitingRounds(store)).toEqual([]);
});

test('a round of pictures has an address of each that a row names, once, and of none outside the folder', async () => {
  const { deps, store } = world();
  const rows = ['images/a.jpg', 'images/b.jpg', 'images/a.jpg', '../../other/1.jpg', '/etc/c.jpg', 7];
  await seedPictures(store, rows);
  const request = trainRequest({ task: 'image-classification', hyperparameters: { epochs: 5 } });
  expect((await startTraining(deps, request, CALLER)).ok).toBe(true);
  const [name] = await waitingRounds(store);
  const found = await store.get(`${name}request.json`);
  const round = found.kind === 'found' ? fromJsonBytes(await found.bytes()) : null;
  const root = datasetVersionPrefix(TENANT, 'complaints', DATASET_VERSION);
  expect(round).toMatchObject({ family: 'image-classifier' });
  expect((round as { dataset: object }).dataset).toMatchObject({
    kind: 'image-classification',
    pictures: { 'images/a.jpg': `${root}images/a.jpg`, 'images/b.jpg': `${root}images/b.jpg` },
  });
  expect(Object.keys((round as { dataset: { pictures: object } }).dataset.pictures)).toHaveLength(2);
});

test('more pictures than a round can name are refused, with their number', async () => {
  const { deps, store } = world();
  await seedPictures(store, ['images/a.jpg'], MAX_PICTURES);
  const refused = await startTraining(deps, trainRequest({ task: 'image-classification' }), CALLER);
  expect(refused).toMatchObject({ failure: { errors: [{ pointer: 'dataset' }] } });
  expect(!refused.ok && refused.failure.detail).toContain(
    'complaints has 5002 pictures; image-classification learns from 5000 at most',
  );
});

function space(of: object, method = 'random') {
  return { method, trials: 4, space: of };
}

function world() {
  const store = createMemoryBlobStore();
  const clock = createFakeClock();
  const random = createRandom(1);
  const ports = { store, clock, coordinator: createMemoryCoordinator(clock) };
  return { store, deps: trainDeps(ports, (limit) => random.below(limit)) };
}

/** A dataset of pictures whose training split says that it has so many rows; one row of each other. */
async function seedPictures(
  store: ReturnType<typeof createMemoryBlobStore>,
  images: readonly unknown[],
  rows = images.length,
): Promise<void> {
  const lines = images.map((image, place) => JSON.stringify({ id: `${place}`, image, label: 'no' }));
  const bytes = await gzip(utf8(`${lines.join('\n')}\nno JSON\n`));
  const part = { path: 'train/0.ndjson.gz', rows, sizeBytes: bytes.length, sha256: await sha256Hex(bytes) };
  const one = { rows: 1, parts: [], labels: { no: 1 } };
  const train = { rows, parts: [part], labels: { no: 1, yes: 1 } };
  await seedDataset(store, { kind: 'image-classification', splits: { train, validation: one, test: one } });
  await store.put(datasetVersionPrefix(TENANT, 'complaints', DATASET_VERSION) + part.path, bytes);
}
