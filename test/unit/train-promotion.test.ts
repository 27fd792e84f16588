import { expect, test } from 'vitest';
import { tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { listMoves, moveAlias } from '../../shared/model/move-alias.ts';
import type { Evaluated, Evaluations } from '../../shared/ports/evaluations.ts';
import { seedPack } from '../support/seed-store.ts';
import { tinyPack } from '../support/tiny-pack.ts';
import { startTrainWorld as start } from '../support/train-in-memory.ts';

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

test('a move of another alias since is not taken for the one that was made', async () => {
  const world = await start({ evaluations: scripted([PASSED]) });
  await seedPack(world.store, await tinyPack({ name: 'complaints', version: '1.0.0' }));
  const id = await world.begin({ promote: { policy: 'gates' } });
  world.crashAfterMove();
  await world.go();
  const { version } = (await world.job(id)).pack;
  const canary = { root: tenantModelsRoot('acme'), name: 'complaints', alias: 'canary', to: version };
  const said = { by: 'ada', reason: 'a look', at: '2026-01-01T00:00:00.000Z', revision: 'r' };
  await moveAlias(world.store, world.clock, { ...canary, ...said });
  await world.later(10 * 60_000);
  expect(await world.job(id)).toMatchObject({ state: 'trained', promotion: { outcome: 'promoted' } });
});
