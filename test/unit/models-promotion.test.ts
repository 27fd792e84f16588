import { expect, test } from 'vitest';
import { historyOf, promote, rollBack } from '../../functions/models/aliases.ts';
import { PromoteRequestSchema, RollbackRequestSchema } from '../../functions/models/contract-aliases.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { evaluationResultKey } from '../../shared/model/evaluation-keys.ts';
import { packPrefix, tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { seedPack } from '../support/seed-store.ts';
import { tinyPack } from '../support/tiny-pack.ts';
import { utf8 } from '../support/utf8.ts';

const OWN = tenantModelsRoot('acme');
const CALLER = { tenant: 'acme', keyId: 'k-ada', requestId: 'r-12345678', defer: () => {} };
const EVALUATION = 'a'.repeat(32);
const WHY = { reason: 'learned from May' };

/** A shared `pack@1.0.0` that serves, and the tenant's own 2.0.0 and 3.0.0 that don't yet. */
async function start() {
  const store = createMemoryBlobStore();
  await seedPack(store, await tinyPack({ name: 'pack', version: '1.0.0' }));
  for (const version of ['2.0.0', '3.0.0'])
    await seedPack(store, await tinyPack({ name: 'pack', version }), { root: OWN, alias: null });
  const registry = createRegistry(store);
  let ids = 0;
  const deps = { store, registry, clock: createFakeClock(), newId: () => `id-${ids++}` };
  return {
    store,
    promote: (request: object) => promote(deps, 'pack', PromoteRequestSchema.parse({ ...WHY, ...request }), CALLER),
    rollBack: (request: object) => rollBack(deps, 'pack', RollbackRequestSchema.parse({ ...WHY, ...request }), CALLER),
    history: (name = 'pack') => historyOf(deps, name, CALLER),
    async serving() {
      const resolved = await registry.resolve('acme', { name: 'pack', alias: 'production' });
      return resolved.ok ? `${resolved.value.root === OWN ? 'own' : 'shared'} ${resolved.value.version}` : null;
    },
    async evaluated(version: string, gates?: { passed: boolean; reasons?: string[] }) {
      const checks = (gates?.reasons ?? []).map((reason) => ({ outcome: 'failed', reason }));
      const result = {
        models: [{ name: 'pack', version }],
        ...(gates ? { gates: { passed: gates.passed, summary: 'So it was judged.', checks } } : {}),
        evaluation: { summary: ['It is better by 2 points.'] },
      };
      await store.put(evaluationResultKey('acme', EVALUATION), utf8(JSON.stringify({ schemaVersion: 1, result })));
    },
  };
}

test('a version whose evaluation passed its gates serves, and the history keeps who, why and on what evidence', async () => {
  const world = await start();
  await world.evaluated('2.0.0', { passed: true });
  const moved = await world.promote({ version: '2.0.0', evaluation: EVALUATION, approvedBy: 'Ada Byron' });
  expect(moved).toMatchObject({ ok: true, value: { from: null, to: '2.0.0' } });
  expect(await world.serving()).toBe('own 2.0.0');
  expect(await world.history()).toMatchObject({
    value: {
      aliases: { production: '2.0.0' },
      moves: [
        {
          move: 1,
          by: 'k-ada',
          approvedBy: 'Ada Byron',
          reason: 'learned from May',
          at: '2026-01-01T00:00:00.000Z',
          evidence: {
            evaluation: EVALUATION,
            gates: { passed: true, summary: 'So it was judged.' },
            summary: ['It is better by 2 points.'],
          },
        },
      ],
    },
  });
});

test('a version that failed its gates is refused with their reasons, and can be forced with a reason that is kept', async () => {
  const world = await start();
  await world.evaluated('2.0.0', { passed: false, reasons: ['accuracy is 0.7, at least 0.8 was asked'] });
  const refused = await world.promote({ version: '2.0.0', evaluation: EVALUATION });
  expect(refused).toMatchObject({ ok: false, failure: { kind: 'forbidden' } });
  expect(refused.ok || refused.failure.detail).toContain('accuracy is 0.7, at least 0.8 was asked');
  expect(await world.serving()).toBe('shared 1.0.0');
  const forced = await world.promote({ version: '2.0.0', evaluation: EVALUATION, force: { reason: 'sale week' } });
  expect(forced).toMatchObject({ value: { forced: 'sale week', evidence: { gates: { passed: false } } } });
  expect(await world.serving()).toBe('own 2.0.0');
});

test.each([
  ['nothing', {}, 'forbidden'],
  ['an evaluation that is not there', { evaluation: 'b'.repeat(32) }, 'invalid-request'],
  ['an evaluation of another version', { evaluation: EVALUATION, version: '3.0.0' }, 'invalid-request'],
])('%s does not speak for a version', async (_, request, kind) => {
  const world = await start();
  await world.evaluated('2.0.0', { passed: true });
  expect(await world.promote({ version: '2.0.0', ...request })).toMatchObject({ failure: { kind } });
  expect(await world.serving()).toBe('shared 1.0.0');
});

test('an evaluation without gates speaks for nothing by itself', async () => {
  const world = await start();
  await world.evaluated('2.0.0');
  const request = { version: '2.0.0', evaluation: EVALUATION };
  expect(await world.promote(request)).toMatchObject({ failure: { kind: 'forbidden' } });
  expect(await world.promote({ ...request, force: { reason: 'looked at by hand' } })).toMatchObject({ ok: true });
});

test('neither a version that is not there nor one with an altered file ever serves', async () => {
  const world = await start();
  const force = { reason: 'because' };
  expect(await world.promote({ version: '9.0.0', force })).toMatchObject({ failure: { kind: 'not-found' } });
  expect(await world.promote({ version: '1.0.0', force })).toMatchObject({ failure: { kind: 'not-found' } });
  const pack = await tinyPack({ name: 'pack', version: '2.0.0' });
  const path = [...pack.files].map(([name]) => name).find((name) => name.endsWith('.onnx')) as string;
  await world.store.put(packPrefix(OWN, 'pack', '2.0.0') + path, utf8('altered'));
  expect(await world.promote({ version: '2.0.0', force })).toMatchObject({ failure: { kind: 'model-unusable' } });
  expect(await world.serving()).toBe('shared 1.0.0');
});

test('going back undoes the last move, as far as to the shared model that served before any', async () => {
  const world = await start();
  expect(await world.rollBack({})).toMatchObject({ failure: { kind: 'conflict' } });
  await world.promote({ version: '2.0.0', force: { reason: 'first' } });
  await world.promote({ version: '3.0.0', force: { reason: 'second' } });
  expect(await world.rollBack({})).toMatchObject({ value: { from: '3.0.0', to: '2.0.0' } });
  expect(await world.serving()).toBe('own 2.0.0');
  expect(await world.rollBack({ to: '1.0.0' })).toMatchObject({ value: { to: '1.0.0' } });
  expect(await world.serving()).toBe('shared 1.0.0');
  expect(await world.rollBack({ to: '7.0.0' })).toMatchObject({ failure: { kind: 'not-found' } });
  const history = await world.history();
  expect(history.ok && history.value.moves.map(({ to }) => to)).toEqual(['1.0.0', '2.0.0', '3.0.0', '2.0.0']);
});

test('going back from the first own version lets the shared one serve again', async () => {
  const world = await start();
  await world.promote({ version: '2.0.0', force: { reason: 'first' } });
  expect(await world.rollBack({})).toMatchObject({ value: { from: '2.0.0', to: '1.0.0' } });
  expect(await world.serving()).toBe('shared 1.0.0');
});

test('of two moves at once one wins, and the other is told', async () => {
  const world = await start();
  const force = { reason: 'race' };
  const moves = await Promise.all([
    world.promote({ version: '2.0.0', force }),
    world.promote({ version: '3.0.0', force }),
  ]);
  expect(moves.filter(({ ok }) => ok)).toHaveLength(1);
  expect(moves.find(({ ok }) => !ok)).toMatchObject({ failure: { kind: 'conflict' } });
  const winner = moves.find((move) => move.ok);
  expect(await world.serving()).toBe(winner?.ok ? `own ${winner.value.to}` : null);
});

test('a move over a version that the caller did not see is a conflict', async () => {
  const world = await start();
  const force = { reason: 'seen' };
  await world.promote({ version: '2.0.0', force, expected: null });
  expect(await world.promote({ version: '3.0.0', force, expected: null })).toMatchObject({
    failure: { kind: 'conflict' },
  });
  expect(await world.promote({ version: '3.0.0', force, expected: '2.0.0' })).toMatchObject({ ok: true });
});

test('a model without moves has an empty history; one that is not there has none', async () => {
  const world = await start();
  expect(await world.history()).toMatchObject({ value: { moves: [], aliases: {} } });
  expect(await world.history('nobody')).toMatchObject({ failure: { kind: 'not-found' } });
});
