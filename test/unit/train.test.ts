import { expect, test } from 'vitest';
import {
  cancelTraining,
  listTraining,
  retryTraining,
  showTraining,
  startTraining,
} from '../../functions/train/train.ts';
import { RunnerError } from '../../shared/ports/training-runner.ts';
import { accuracyAfter, runRound, waitingRounds } from '../support/staged-endpoint.ts';
import { startTrainWorld as start } from '../support/train-in-memory.ts';
import { CALLER, packAccuracy, seedDataset, trainRequest } from '../support/train-world.ts';
import { utf8 } from '../support/utf8.ts';

const HOUR_MS = 3_600_000;

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
