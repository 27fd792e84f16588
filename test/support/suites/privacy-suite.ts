import { expect, test } from 'vitest';
import { ErasureSchema, type Export, ExportSchema } from '../../../functions/collect/contract.ts';
import { event, onceDelivered, pseudonymizer, TENANT } from '../collected.ts';
import { bearer, get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';

/** Giving out and erasing what is known of a person. */
export function describePrivacy(useServer: UseServer): void {
  const path = (userId: string, rest = '') => `/v1/users/${encodeURIComponent(userId)}${rest}`;
  const collect = async (events: unknown[]) => jsonOf(await useServer().fetch('/v1/events', post({ events })), 202);
  const exportOf = async (userId: string): Promise<Export> =>
    ExportSchema.parse(await jsonOf(await useServer().fetch(path(userId, '/export'), get())));
  const erase = async (userId: string, headers: Record<string, string> = {}) =>
    ErasureSchema.parse(
      await jsonOf(
        await useServer().fetch(path(userId), { method: 'DELETE', headers: { ...bearer(KEYS.all), ...headers } }),
      ),
    );
  const itemsIn = ({ lines }: Export) => (lines['events'] ?? []).map((line) => line['itemId']).sort();

  test("a person's data is given out, and nobody else's", async () => {
    await collect([
      event({ eventId: 'export-1', userId: 'export/me?', itemId: 'mug' }),
      event({ eventId: 'export-2', userId: 'export/other', itemId: 'lamp' }),
    ]);
    const users = [{ userId: 'export/me?', attributes: { country: 'FR' } }];
    await jsonOf(await useServer().fetch('/v1/users', { ...post({ users }), method: 'PUT' }), 202);
    await onceDelivered(useServer, async () => {
      const answer = await exportOf('export/me?');
      expect(answer.profile?.events['view']?.map(({ itemId }) => itemId)).toEqual(['mug']);
      expect(itemsIn(answer)).toEqual(['mug']);
      expect(answer.lines['users']).toMatchObject([{ attributes: { country: 'FR' } }]);
      expect(answer).not.toHaveProperty('next');
    });
    expect(await exportOf('nobody known')).toMatchObject({ lines: { events: [], users: [], feedback: [] } });
  });

  test('an erased person is gone at once, stays so for what comes late, and may come back', async () => {
    const before = event({ eventId: 'erase-1', userId: 'erase', itemId: 'mug', at: '2026-05-01T09:00:00Z' });
    const other = event({ eventId: 'erase-2', userId: 'stays', itemId: 'mug' });
    await collect([before, other]);
    await onceDelivered(useServer, async () =>
      expect((await exportOf('erase')).profile?.events).toHaveProperty('view'),
    );
    const erasure = await erase('erase', { 'idempotency-key': 'erase-once' });
    expect(Date.parse(erasure.partsRewrittenBy) - Date.parse(erasure.erasedAt)).toBe(30 * 86_400_000);
    expect((await exportOf('erase')).profile?.events).toEqual({});
    expect(await erase('erase', { 'idempotency-key': 'erase-once' })).toEqual(erasure);

    await collect([{ ...before, eventId: 'erase-3' }, event({ eventId: 'erase-4', userId: 'erase', itemId: 'lamp' })]);
    await onceDelivered(useServer, async () =>
      expect((await exportOf('erase')).profile?.events['view']?.map(({ itemId }) => itemId)).toEqual(['lamp']),
    );
    // The lines themselves go with the ticks; a tick's own work is done every quarter of an hour.
    await forgetProgress(useServer);
    await onceDelivered(useServer, async () => {
      await useServer().tick();
      await forgetProgress(useServer);
      expect(itemsIn(await exportOf('erase'))).toEqual(['lamp']);
    });
    expect(itemsIn(await exportOf('stays'))).toEqual(['mug']);
    const kinds = (await privacyRecords(useServer, await pseudonymizer.pseudonym(TENANT, 'erase'))).map(
      ({ kind }) => kind,
    );
    expect(new Set(kinds)).toEqual(new Set(['erased', 'exported', 'rewritten']));
  });

  test("another tenant's person of the same id is another person", async () => {
    await collect([event({ eventId: 'tenants-1', userId: 'shared-id', itemId: 'mug' })]);
    const asked = await useServer().fetch(path('shared-id', '/export'), get(KEYS.otherTenant));
    const answer = ExportSchema.parse(await jsonOf(asked));
    expect(answer).toMatchObject({ profile: { events: {} }, lines: { events: [] } });
    expect(answer.pseudonym).not.toBe((await exportOf('shared-id')).pseudonym);
  });

  test('a key that only collects neither exports nor erases; a wrong cursor is refused', async () => {
    await problemOf(await useServer().fetch(path('export', '/export'), get(KEYS.collectOnly)), 403);
    const init = { method: 'DELETE', headers: bearer(KEYS.collectOnly) };
    await problemOf(await useServer().fetch(path('export'), init), 403);
    await problemOf(await useServer().fetch(path('export', '/export?cursor=nothing'), get()), 422);
  });
}

/** Lets the next tick do what it would do in a quarter of an hour. */
async function forgetProgress(useServer: UseServer): Promise<void> {
  await useServer().store.delete(`tenants/${TENANT}/collect/progress.json`);
}

async function privacyRecords(useServer: UseServer, pseudonym: string): Promise<{ readonly kind: string }[]> {
  const { store } = useServer();
  const { blobs } = await store.list({ prefix: `tenants/${TENANT}/privacy/records/` });
  const records = await Promise.all(
    blobs.map(async ({ key }) => {
      const found = await store.get(key);
      return found.kind === 'found' ? JSON.parse(new TextDecoder().decode(await found.bytes())) : {};
    }),
  );
  return records.filter((record) => record.pseudonym === pseudonym);
}
