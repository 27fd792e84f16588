import { expect, test } from 'vitest';
import { HistorySchema, MovedSchema } from '../../../functions/models/contract-aliases.ts';
import { SHARED_MODELS_ROOT, tenantModelsRoot } from '../../../shared/model/model-keys.ts';
import { seedPack } from '../seed-store.ts';
import { get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { tinyPack } from '../tiny-pack.ts';

/** Aliases as people move them: forth, back, and who may. */
export function describePromotion(useServer: UseServer): void {
  test('a version of one’s own begins to serve, goes back to the shared one, and the history tells it', async () => {
    const { store, fetch } = useServer();
    const name = 'moved';
    await seedPack(store, await tinyPack({ name, version: '1.0.0' }), { root: SHARED_MODELS_ROOT });
    await seedPack(store, await tinyPack({ name, version: '2.0.0' }), { root: tenantModelsRoot('acme'), alias: null });
    const force = { reason: 'a test' };
    const request = { version: '2.0.0', reason: 'new labels', force, approvedBy: 'Ada' };
    const moved = MovedSchema.parse(await jsonOf(await fetch(`/v1/models/${name}/promote`, post(request))));
    expect(moved).toMatchObject({ alias: 'production', from: null, to: '2.0.0', forced: 'a test' });
    const back = await fetch(`/v1/models/${name}/rollback`, post({ reason: 'worse than before' }));
    expect(MovedSchema.parse(await jsonOf(back))).toMatchObject({ from: '2.0.0', to: '1.0.0' });
    const answer = await jsonOf(await fetch('/v1/classify', post({ inputs: 'good', model: name })));
    expect(answer).toMatchObject({ model: { name, version: '1.0.0' } });
    const history = HistorySchema.parse(await jsonOf(await fetch(`/v1/models/${name}/history`, get())));
    expect(history.moves.map(({ move, to, reason }) => [move, to, reason])).toEqual([
      [2, '1.0.0', 'worse than before'],
      [1, '2.0.0', 'new labels'],
    ]);
    const others = await fetch(`/v1/models/${name}/history`, get(KEYS.otherTenant));
    expect(HistorySchema.parse(await jsonOf(others)).moves).toEqual([]);
  });

  test('without evidence, of a shared model, or without the scope nothing moves', async () => {
    const { fetch } = useServer();
    const wish = { version: '2.0.0', reason: 'I like it' };
    const unproven = await fetch('/v1/models/mood/promote', post({ ...wish, force: { reason: 'mine' } }));
    expect((await problemOf(unproven, 404)).detail).toContain('your own models');
    const unscoped = await fetch('/v1/models/mood/promote', post(wish, KEYS.classifyOnly));
    expect((await problemOf(unscoped, 403)).detail).toContain('models:promote');
    const unsaid = await fetch('/v1/models/mood/promote', post({ version: '2.0.0' }));
    expect((await problemOf(unsaid, 422)).errors).toMatchObject([{ pointer: 'reason' }]);
  });
}
