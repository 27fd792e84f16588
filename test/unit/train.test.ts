import { expect, test } from 'vitest';
import type { TrainRequest } from '../../functions/train/contract-request.ts';
import type { TrainDeps } from '../../functions/train/deps.ts';
import { tick } from '../../functions/train/tick.ts';
import {
  cancelTraining,
  listTraining,
  retryTraining,
  showTraining,
  startTraining,
} from '../../functions/train/train.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryCoordinator } from '../../shared/adapters/memory/memory-coordinator.ts';
import { tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { listMoves, moveAlias } from '../../shared/model/move-alias.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import type { Evaluated, Evaluations } from '../../shared/ports/evaluations.ts';
import { RunnerError, type TrainingRunner } from '../../shared/ports/training-runner.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createRandom } from '../support/random.ts';
import { seedPack } from '../support/seed-store.ts';
import { accuracyAfter, createStagedRunner, runRound, waitingRounds } from '../support/staged-endpoint.ts';
import { tinyPack } from '../support/tiny-pack.ts';
import { CALLER, jobOf, packAccuracy, seedDataset, trainDeps, trainRequest } from '../support/train-world.ts';
import { utf8 } from '../support/utf8.ts';

const HOUR_MS = 3_600_000;

interface Options {
  /** May stand before the staged one. */
  readonly toRunner?: (runner: TrainingRunner) => TrainingRunner;
  readonly evaluations?: Evaluations | null;
}

/** A world with a dataset. */
async function start({ toRunner = (runner) => runner, evaluations = null }: Options = {}) {
  const store = createMemoryBlobStore();
  let crashes = false;
  const crashing: BlobStore = {
    ...store,
    async put(key, body, condition) {
      const written = await store.put(key, body, condition);
      if (!crashes || !key.includes('/aliases/')) return written;
      crashes = false;
      throw new StorageError('put', key);
    },
  };
  const clock = createFakeClock();
  const random = createRandom(1);
  const ports = { store: crashing, clock, coordinator: createMemoryCoordinator(clock) };
  const plain = trainDeps(ports, (limit) => random.below(limit));
  const runner = toRunner(createStagedRunner(store));
  const deps: TrainDeps = { ...plain, evaluations, endpoint: plain.endpoint && { ...plain.endpoint, runner } };
  await seedDataset(store);
  return {
    store,
    clock,
    deps,
    async begin(changes: object = {}) {
      const begun = await startTraining(deps, trainRequest(changes), CALLER);
      if (!begun.ok) throw new Error(begun.failure.detail);
      return begun.value.id;
    },
    ask: (request: TrainRequest) => startTraining(deps, request, CALLER),
    /** The endpoint runs what waits, then the clock ticks. */
    async go(epochsARound = 100) {
      for (const name of await waitingRounds(store)) await runRound(store, name, epochsARound);
      await clock.advance(60_000);
      await tick(deps);
    },
    async later(ms: number) {
      await clock.advance(ms);
      await tick(deps);
    },
    job: (id: string) => jobOf(store, id),
    /** The next move of an alias is made, and whoever made it is gone. */
    crashAfterMove: () => {
      crashes = true;
    },
    async serving() {
      const resolved = await createRegistry(store).resolve('acme', { name: 'complaints', alias: 'production' });
      return resolved.ok ? resolved.value.version : null;
    },
  };
}

test('the answer to a request tells of the round that was handed over', async () => {
  const world = await start();
  const begun = await world.ask(trainRequest());
  expect(begun).toMatchObject({ value: { state: 'training', rounds: [{ fence: 1 }] } });
});

test('a job is handed over, answered, verified, and its pack is a version of the model', async () => {
  const world = await start();
  const id = await world.begin();
  expect(await world.job(id)).toMatchObject({ state: 'training', rounds: [{ fence: 1 }] });
  await world.go();
  const job = await world.job(id);
  expect(job).toMatchObject({
    state: 'trained',
    reason: null,
    pack: { name: 'complaints', version: '2026.0101.000000' },
  });
  expect(await packAccuracy(world.store, job)).toBe(accuracyAfter(5));
  const shown = await showTraining(world.deps, id, CALLER);
  expect(shown).toMatchObject({ value: { secondsSpent: 300, costUsd: 0.1, report: { epochs: 5 } } });
  expect(shown.ok && shown.value.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
  expect(await listTraining(world.deps, CALLER)).toMatchObject({ value: { jobs: [{ id, state: 'trained' }] } });
});

test('five hours of training are rounds of an hour, each from the checkpoint of the one before', async () => {
  const world = await start();
  const id = await world.begin({ hyperparameters: { epochs: 250 }, limits: { minutes: 600 } });
  for (let round = 1; round <= 5; round++) {
    expect((await world.job(id)).rounds).toHaveLength(round);
    await world.clock.advance(HOUR_MS);
    await world.go(50);
  }
  const job = await world.job(id);
  expect(job.state).toBe('trained');
  expect(job.rounds.map(({ fence, ended, checkpoint }) => [fence, ended, checkpoint?.epoch])).toEqual([
    [1, 'unfinished', 50],
    [2, 'unfinished', 100],
    [3, 'unfinished', 150],
    [4, 'unfinished', 200],
    [5, 'finished', 250],
  ]);
  expect(await packAccuracy(world.store, job)).toBe(accuracyAfter(250));
});

test('an endpoint that is busy is asked again later, under another fence; after a day the job is given up', async () => {
  let isBusy = true;
  const world = await start({
    toRunner: (runner) => ({
      ...runner,
      dispatch: async (round) => (isBusy ? { kind: 'busy', retryAfterSeconds: 30 } : runner.dispatch(round)),
    }),
  });
  const id = await world.begin();
  await world.later(60_000);
  expect(await world.job(id)).toMatchObject({ state: 'queued', rounds: [], lastFence: 2 });
  isBusy = false;
  await world.later(60_000);
  expect(await world.job(id)).toMatchObject({ state: 'training', rounds: [{ fence: 3 }], waitingSince: null });
  isBusy = true;
  const waiting = await world.begin({ model: 'other' });
  await world.later(25 * HOUR_MS);
  expect(await world.job(waiting)).toMatchObject({ state: 'failed', reason: { code: 'no-instance' } });
});

test('an endpoint that refuses ends the job with its reason', async () => {
  const reason = 'There is no endpoint of this name.';
  const world = await start({
    toRunner: (runner) => ({ ...runner, dispatch: async () => ({ kind: 'refused', reason }) }),
  });
  expect(await world.job(await world.begin())).toMatchObject({
    state: 'failed',
    reason: { code: 'refused', detail: reason },
  });
});

test('a round that may or may not have begun is followed by another, and told to stop', async () => {
  let breaks = 1;
  const world = await start({
    toRunner: (runner) => ({
      ...runner,
      async dispatch(round) {
        const dispatched = await runner.dispatch(round);
        if (breaks-- > 0) throw new RunnerError('dispatch');
        return dispatched;
      },
    }),
  });
  const id = await world.begin();
  expect(await world.job(id)).toMatchObject({ state: 'queued', lastFence: 1 });
  await world.later(120_000);
  expect((await waitingRounds(world.store)).length).toBe(2);
  await world.go();
  const job = await world.job(id);
  expect(job).toMatchObject({ state: 'trained', made: { fence: 2 } });
  expect(await packAccuracy(world.store, job)).toBe(accuracyAfter(5));
});

test('a round of which nothing is heard is given up at its deadline, three in a row end the job', async () => {
  const world = await start();
  const id = await world.begin();
  await world.later(3 * HOUR_MS);
  expect(await world.job(id)).toMatchObject({ state: 'training', rounds: [{ fence: 1 }] });
  for (let round = 0; round < 3; round++) await world.later(4 * HOUR_MS);
  const job = await world.job(id);
  expect(job).toMatchObject({ state: 'failed', reason: { code: 'lost' } });
  expect(job.rounds.map(({ ended }) => ended)).toEqual(['lost', 'lost', 'lost']);
  expect((await retryTraining(world.deps, id, CALLER)).ok).toBe(true);
  await world.go();
  expect(await world.job(id)).toMatchObject({ state: 'trained', made: { fence: 4 } });
});

test.each([
  ['is not JSON', () => 'no JSON', 'bad-answer'],
  [
    'is of another job',
    () => JSON.stringify({ schemaVersion: 1, job: 'x', fence: 1, status: 'cancelled', secondsSpent: 1 }),
    'bad-answer',
  ],
  [
    'says finished and names no pack',
    (job: string, fence: number) =>
      JSON.stringify({ schemaVersion: 1, job, fence, status: 'finished', secondsSpent: 1 }),
    'bad-answer',
  ],
  [
    'names a file that is not there',
    (job: string, fence: number) =>
      JSON.stringify({
        schemaVersion: 1,
        job,
        fence,
        status: 'finished',
        secondsSpent: 1,
        pack: { files: [{ path: 'manifest.json', sizeBytes: 1, sha256: 'a'.repeat(64) }] },
      }),
    'bad-pack',
  ],
])(
  'an answer that %s is not believed: three such rounds end the job, and no version is made',
  async (_, answerOf, code) => {
    const world = await start();
    const id = await world.begin();
    for (let round = 0; round < 3; round++) {
      const [name] = await waitingRounds(world.store);
      await world.store.put(`${name}output.json`, utf8(answerOf(id, (await world.job(id)).lastFence)));
      await world.later(60_000);
    }
    const job = await world.job(id);
    expect(job).toMatchObject({ state: 'failed', reason: { code } });
    expect(await packAccuracy(world.store, job)).toBeNull();
  },
);

test('a file that is not what the answer says makes no version', async () => {
  const world = await start();
  const id = await world.begin();
  const [name] = await waitingRounds(world.store);
  await runRound(world.store, name as string, 100);
  await world.store.put(`tenants/acme/jobs/${id}/rounds/0001/pack/README.md`, utf8('altered on its way'));
  await world.later(60_000);
  expect(await world.job(id)).toMatchObject({
    state: 'training',
    failedRounds: 1,
    rounds: [{ fence: 1 }, { fence: 2 }],
  });
  expect(await packAccuracy(world.store, await world.job(id))).toBeNull();
});

test('a failure object is a failed round with its words', async () => {
  const world = await start();
  const id = await world.begin();
  for (let round = 0; round < 3; round++) {
    const [name] = await waitingRounds(world.store);
    await world.store.put(`${name}failure.json`, utf8('{"failureReason":"the invocation timed out"}'));
    await world.later(60_000);
  }
  const { reason } = await world.job(id);
  expect(reason).toMatchObject({ code: 'endpoint-failed' });
  expect(reason?.detail).toContain('timed out');
});

test('a job is stopped, and goes on from its checkpoint when it is tried again', async () => {
  const world = await start();
  const id = await world.begin({ hyperparameters: { epochs: 20 } });
  await world.go(8);
  const stopped = await cancelTraining(world.deps, id, CALLER);
  expect(stopped).toMatchObject({ value: { state: 'training', isCancelling: true } });
  await world.go(8);
  expect(await world.job(id)).toMatchObject({ state: 'cancelled', reason: { code: 'cancelled' } });
  expect(await cancelTraining(world.deps, id, CALLER)).toMatchObject({ failure: { kind: 'conflict' } });
  await retryTraining(world.deps, id, CALLER);
  await world.go();
  const job = await world.job(id);
  expect(job.state).toBe('trained');
  expect(await packAccuracy(world.store, job)).toBe(accuracyAfter(20));
});

test('a job whose round never answers its cancellation ends all the same', async () => {
  const world = await start();
  const id = await world.begin();
  await cancelTraining(world.deps, id, CALLER);
  await world.later(HOUR_MS);
  expect(await world.job(id)).toMatchObject({ state: 'cancelled' });
});

test.each([
  ['dataset', { kind: 'interactions' }, 'learns from text-classification'],
  ['dataset', { splits: { train: { rows: 9, parts: [], labels: { yes: 9 } } } }, 'at least two'],
  ['dataset', { labels: ['no', 'rare', 'yes'] }, '"rare" only in rows that are not learned from'],
  ['dataset', { splits: { test: { rows: 0, parts: [], labels: {} } } }, 'no rows to judge by'],
] as const)('%s: %o is told before anything runs', async (pointer, changes, words) => {
  const world = await start();
  const split = { rows: 10, parts: [], labels: { no: 5, yes: 5 } };
  const splits = { train: split, validation: split, test: split, ...('splits' in changes ? changes.splits : {}) };
  await seedDataset(world.store, { ...changes, splits } as never);
  const refused = await world.ask(trainRequest());
  expect(refused).toMatchObject({ failure: { kind: 'invalid-request', errors: [{ pointer }] } });
  expect(refused.ok || refused.failure.detail).toContain(words);
  expect(await waitingRounds(world.store)).toEqual([]);
});

test('without an endpoint, without the dataset, beyond the quota: refused in words', async () => {
  const world = await start();
  const none = await startTraining({ ...world.deps, endpoint: null }, trainRequest(), CALLER);
  expect(none).toMatchObject({ failure: { kind: 'not-configured' } });
  expect(await world.ask(trainRequest({ dataset: { name: 'nothing' } }))).toMatchObject({
    failure: { kind: 'not-found' },
  });
  for (let job = 0; job < 10; job++) await world.begin({ model: `m${job}` });
  expect(await world.ask(trainRequest())).toMatchObject({ failure: { kind: 'rate-limited' } });
});

test('money is a limit of time, and can be none where no price is known', async () => {
  const world = await start();
  const id = await world.begin({ limits: { minutes: 600, costUsd: 0.3 } });
  expect((await world.job(id)).jobSeconds).toBe(900);
  const free = { ...world.deps, endpoint: world.deps.endpoint && { ...world.deps.endpoint, usdPerHour: null } };
  const refused = await startTraining(free, trainRequest({ limits: { costUsd: 1 } }), CALLER);
  expect(refused).toMatchObject({ failure: { errors: [{ pointer: 'limits.costUsd' }] } });
});

/** Evaluations whose outcome the test decides; what was asked is kept. */
function scripted(answers: readonly Evaluated[]): Evaluations & { readonly asked: object[] } {
  const asked: object[] = [];
  return {
    asked,
    async evaluate(_tenant, request) {
      asked.push(request);
      return answers[Math.min(asked.length, answers.length) - 1] as Evaluated;
    },
  };
}

const DONE = { kind: 'done', id: 'e'.repeat(32), summary: ['It is better by 2 points.'] } as const;
const PASSED = { ...DONE, gates: { passed: true, summary: 'Passed: 1 of 1 checks hold.' } };
const FAILED = { ...DONE, gates: { passed: false, summary: 'Failed 1 of 1 checks.' } };

test('a version is evaluated beside what serves, and serves where its gates hold and the policy says so', async () => {
  const evaluations = scripted([{ kind: 'running', id: DONE.id }, PASSED]);
  const world = await start({ evaluations });
  await seedPack(world.store, await tinyPack({ name: 'complaints', version: '1.0.0' }));
  const id = await world.begin({ promote: { policy: 'gates' } });
  await world.go();
  expect(await world.job(id)).toMatchObject({ state: 'evaluating', against: 'complaints@1.0.0' });
  await world.later(60_000);
  const { version } = (await world.job(id)).pack;
  expect(await world.job(id)).toMatchObject({
    state: 'trained',
    promotion: { outcome: 'promoted', against: 'complaints@1.0.0', evaluation: DONE.id },
  });
  expect(await world.serving()).toBe(version);
  expect(evaluations.asked).toHaveLength(2);
  expect(evaluations.asked[1]).toMatchObject({
    task: 'classification',
    source: { dataset: { name: 'complaints', split: 'test' } },
    model: `complaints@${version}`,
    compare: { model: 'complaints@1.0.0' },
    gates: { rules: [{ metric: 'accuracyDifference' }] },
  });
  expect(await listMoves(world.store, tenantModelsRoot('acme'), 'complaints')).toMatchObject([
    { by: 'train', to: version, evidence: { evaluation: DONE.id, gates: { passed: true } } },
  ]);
});

test.each([
  ['its gates failed', FAILED, 'gates', 'Failed 1 of 1'],
  ['a person is to decide', PASSED, 'hold', 'A person decides'],
  [
    'it could not be evaluated',
    { kind: 'refused', reason: 'there is no split' } as const,
    'gates',
    'there is no split',
  ],
])('a version is held where %s', async (_, answer, policy, words) => {
  const world = await start({ evaluations: scripted([answer]) });
  await seedPack(world.store, await tinyPack({ name: 'complaints', version: '1.0.0' }));
  const id = await world.begin({ promote: { policy } });
  await world.go();
  const { state, promotion } = await world.job(id);
  expect([state, promotion?.outcome]).toEqual(['trained', 'held']);
  expect(promotion?.detail).toContain(words);
  expect(await world.serving()).toBe('1.0.0');
});

test('another version that began to serve during the evaluation stays', async () => {
  const evaluations = scripted([{ kind: 'running', id: DONE.id }, PASSED]);
  const world = await start({ evaluations });
  await seedPack(world.store, await tinyPack({ name: 'complaints', version: '1.0.0' }));
  const id = await world.begin({ promote: { policy: 'gates' } });
  await world.go();
  const own = tenantModelsRoot('acme');
  await seedPack(world.store, await tinyPack({ name: 'complaints', version: '5.0.0' }), { root: own, alias: null });
  const move = { root: own, name: 'complaints', alias: 'production', to: '5.0.0', by: 'ada', reason: 'now' };
  await moveAlias(world.store, world.clock, { ...move, at: '2026-01-01T00:00:00.000Z', revision: 'r' });
  await world.later(60_000);
  expect(await world.job(id)).toMatchObject({ state: 'trained', promotion: { outcome: 'held' } });
  expect(await world.serving()).toBe('5.0.0');
});

test('a move that was made and not written down is not made again, and told as made', async () => {
  const world = await start({ evaluations: scripted([PASSED]) });
  await seedPack(world.store, await tinyPack({ name: 'complaints', version: '1.0.0' }));
  const id = await world.begin({ promote: { policy: 'gates' } });
  world.crashAfterMove();
  await world.go();
  expect(await world.job(id)).toMatchObject({ state: 'evaluating' });
  await world.later(10 * 60_000);
  expect(await world.job(id)).toMatchObject({ state: 'trained', promotion: { outcome: 'promoted' } });
  expect(await listMoves(world.store, tenantModelsRoot('acme'), 'complaints')).toHaveLength(1);
});

test('a first version has nothing to be compared with: a person decides, unless rules are given', async () => {
  const evaluations = scripted([DONE]);
  const world = await start({ evaluations });
  const id = await world.begin({ promote: { policy: 'gates' } });
  await world.go();
  expect(await world.job(id)).toMatchObject({ state: 'trained', against: null, promotion: { outcome: 'held' } });
  expect(evaluations.asked[0]).not.toHaveProperty('compare');
});
