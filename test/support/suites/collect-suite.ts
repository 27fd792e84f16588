import { expect, test } from 'vitest';
import { z } from 'zod';
import { AcceptedSchema, EventsReportSchema } from '../../../functions/collect/contract.ts';
import type { FeedbackLine, UserLine } from '../../../functions/collect/stored-lines.ts';
import { readCatalogue } from '../../../shared/customer/catalogue-reader.ts';
import { policyKey } from '../../../shared/customer/customer-keys.ts';
import type { StoredEvent } from '../../../shared/customer/event.ts';
import { readProfile } from '../../../shared/customer/profile-store.ts';
import { event, linesOf, onceDelivered, pseudonymizer, TENANT } from '../collected.ts';
import { seedKey } from '../seed-store.ts';
import { bearer, get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { utf8 } from '../utf8.ts';

let keys = 0;

/** What the function `collect` answers and what becomes of what it took. */
export function describeCollect(useServer: UseServer): void {
  const send = async (path: string, method: string, body: unknown, headers: Record<string, string> = {}) =>
    useServer().fetch(path, { ...post(body, KEYS.all, headers), method });
  const collect = async (events: unknown[], headers: Record<string, string> = {}) =>
    AcceptedSchema.parse(await jsonOf(await send('/v1/events', 'POST', { events }, headers), 202));
  const profileOf = async (userId: string, tenant = TENANT) => {
    const pseudonym = await pseudonymizer.pseudonym(tenant, userId);
    return (await readProfile(useServer().store, tenant, pseudonym)).content;
  };
  const itemsOf = async (userId: string, type: string) =>
    ((await profileOf(userId)).events[type] ?? []).map(({ itemId }) => itemId);

  test('events reach the profile of their customer, newest first', async () => {
    const events = [
      event({ eventId: 'way-1', userId: 'way', itemId: 'mug', at: '2026-05-01T10:00:00+02:00' }),
      event({ eventId: 'way-2', userId: 'way', itemId: 'lamp', at: '2026-05-01T09:00:00Z' }),
      event({ eventId: 'way-3', userId: 'way', itemId: 'mug', type: 'purchase', value: 2 }),
    ];
    expect(await collect(events)).toMatchObject({ accepted: 3, duplicates: 0, rejected: [] });
    await onceDelivered(useServer, async () => expect(await itemsOf('way', 'view')).toEqual(['lamp', 'mug']));
    const { events: known } = await profileOf('way');
    expect(known['view']?.[1]?.at).toBe('2026-05-01T08:00:00.000Z');
    expect(known['purchase']).toMatchObject([{ itemId: 'mug', value: 2 }]);
  });

  test('what is stored names no customer, only a pseudonym', async () => {
    await collect([event({ eventId: 'stored-1', userId: 'jane@example.com', itemId: 'mug' })]);
    const [line] = await linesOf<StoredEvent>(useServer().store, 'events', ({ eventId }) => eventId === 'stored-1');
    expect(line).toMatchObject({
      type: 'view',
      itemId: 'mug',
      user: await pseudonymizer.pseudonym(TENANT, 'jane@example.com'),
    });
    expect(JSON.stringify(line)).not.toContain('jane');
  });

  test('an event that comes again, in any company, counts once', async () => {
    const first = event({ eventId: 'again-1', userId: 'again', itemId: 'mug' });
    await collect([first, first, event({ eventId: 'again-2', userId: 'again', itemId: 'lamp' })]);
    await collect([event({ eventId: 'again-3', userId: 'again', itemId: 'vase' }), first]);
    await onceDelivered(useServer, async () =>
      expect((await itemsOf('again', 'view')).sort()).toEqual(['lamp', 'mug', 'vase']),
    );
  });

  test('a malformed event is named with its place, its id and the reason; the others are taken', async () => {
    const answer = await collect([
      event({ eventId: 'bad-0', userId: 'bad', itemId: 'mug' }),
      { eventId: 'bad-1', type: 'view', userId: 'bad' },
      event({ eventId: 'bad-2', userId: 'bad', itemId: 'mug', type: 'View!' }),
      'nothing',
      event({ eventId: 'bad-4', userId: 'bad', itemId: 'mug', at: 'yesterday' }),
      event({ eventId: 'bad-5', userId: 'bad', itemId: 'a\u0000b' }),
      event({ eventId: 'bad-6', userId: 'bad', itemId: 'mug', price: 3 }),
      event({ eventId: 'bad-7', userId: 'bad', itemId: 'x'.repeat(1024) }),
      event({ eventId: 'bad-8', userId: 'bad', itemId: 'mug', at: '1889-01-01T00:00:00Z' }),
    ]);
    expect(answer.accepted).toBe(1);
    expect(answer.rejected.map(({ index, id }) => [index, id])).toEqual([
      [1, 'bad-1'],
      [2, 'bad-2'],
      [3, undefined],
      [4, 'bad-4'],
      [5, 'bad-5'],
      [6, 'bad-6'],
      [7, 'bad-7'],
      [8, 'bad-8'],
    ]);
    expect(answer.rejected[0]?.reason).toContain('itemId');
    expect(answer.rejected[7]?.reason).toBe('at: is before 1990');
  });

  test('when no event can be taken, the request is refused and each is named', async () => {
    const problem = await problemOf(await send('/v1/events', 'POST', { events: [{}, 7] }), 422);
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['events[0]', 'events[1]']);
  });

  test.each([
    ['no events', { events: [] }],
    ['501 events', { events: Array.from({ length: 501 }, (_, i) => event({ eventId: `many-${i}` })) }],
    ['another field', { event: [] }],
    ['no object', 3],
  ])('%s are refused', async (_, body) => {
    await problemOf(await send('/v1/events', 'POST', body), 422);
  });

  test('500 events of 100 customers are taken in one call', async () => {
    const events = Array.from({ length: 500 }, (_, i) =>
      event({ eventId: `crowd-${i}`, userId: `crowd-${i % 100}`, itemId: `item-${i}` }),
    );
    expect((await collect(events)).accepted).toBe(500);
    await onceDelivered(useServer, async () => {
      for (const i of [0, 50, 99]) expect(await itemsOf(`crowd-${i}`, 'view')).toHaveLength(5);
    });
  });

  test('a sender whose clock is ahead does not stay the newest', async () => {
    const future = new Date(Date.now() + 86_400_000).toISOString();
    await collect([event({ eventId: 'ahead-1', userId: 'ahead', itemId: 'mug', at: future })]);
    await onceDelivered(useServer, async () => expect(await itemsOf('ahead', 'view')).toEqual(['mug']));
    const at = (await profileOf('ahead')).events['view']?.[0]?.at ?? '';
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now());
    const [line] = await linesOf<StoredEvent>(useServer().store, 'events', ({ eventId }) => eventId === 'ahead-1');
    expect(line?.skewSeconds).toBeGreaterThan(86_000);
  });

  test('texts lose addresses, phone and card numbers, at any depth', async () => {
    const properties = {
      note: 'mail jane@example.com or +44 20 7946 0958',
      deep: [{ card: '4111 1111 1111 1111' }],
      n: 5,
    };
    await collect([event({ eventId: 'redact-1', userId: 'redact', itemId: 'mug', properties })]);
    const [line] = await linesOf<StoredEvent>(useServer().store, 'events', ({ eventId }) => eventId === 'redact-1');
    expect(line?.properties).toEqual({ note: 'mail [email] or [phone]', deep: [{ card: '[card]' }], n: 5 });
  });

  test("a guest's event is kept without identity", async () => {
    await collect([event({ eventId: 'guest-1', userId: null, itemId: 'mug', sessionId: 's-1' })]);
    const [line] = await linesOf<StoredEvent>(useServer().store, 'events', ({ eventId }) => eventId === 'guest-1');
    expect(line).toMatchObject({ itemId: 'mug', sessionId: 's-1' });
    expect(line).not.toHaveProperty('user');
  });

  test.each([
    ['refuse', 1, ['consent-b']],
    ['anonymise', 2, ['consent-b', 'consent-a']],
  ] as const)('a tenant that needs consent has events without %sd', async (requireConsent, accepted, kept) => {
    const tenant = `consent-${requireConsent}`;
    const key = `em_key-of-${tenant}-tenant`;
    await seedKey(useServer().store, key, { tenant });
    const policy = { schemaVersion: 1, revision: 'a', requireConsent };
    await useServer().store.put(policyKey(tenant), utf8(JSON.stringify(policy)));
    const events = [
      event({ eventId: 'consent-a', userId: 'c', itemId: 'mug', sessionId: 's' }),
      event({ eventId: 'consent-b', userId: 'c', itemId: 'lamp', consent: true }),
    ];
    const answer = AcceptedSchema.parse(
      await jsonOf(await useServer().fetch('/v1/events', post({ events }, key)), 202),
    );
    expect(answer.accepted).toBe(accepted);
    const lines = await linesOf<StoredEvent>(useServer().store, 'events', () => true, tenant);
    expect(lines.map(({ eventId }) => eventId).sort()).toEqual([...kept].sort());
    const anonymous = lines.find(({ eventId }) => eventId === 'consent-a');
    if (anonymous) expect(Object.keys(anonymous).sort()).toEqual(['at', 'eventId', 'itemId', 'receivedAt', 'type']);
    const pseudonym = await pseudonymizer.pseudonym(tenant, 'c');
    await onceDelivered(useServer, async () => {
      const { content } = await readProfile(useServer().store, tenant, pseudonym);
      expect(content.events['view']?.map(({ itemId }) => itemId)).toEqual(['lamp']);
    });
  });

  test.each([
    ['not JSON', '{"schemaVersion": 1,', 'it is not JSON'],
    ['a word that is none of its own', '{"schemaVersion":1,"revision":"a","requireConsent":"maybe"}', 'requireConsent'],
  ])('under a policy that is %s nothing is taken, and it is said why', async (what, text, why) => {
    const tenant = `policy-${what.length}`;
    const key = `em_key-of-${tenant}-tenant`;
    await seedKey(useServer().store, key, { tenant });
    await useServer().store.put(policyKey(tenant), utf8(text));
    const events = [event({ eventId: 'policy-a', itemId: 'mug' })];
    const problem = await problemOf(await useServer().fetch('/v1/events', post({ events }, key)), 503);
    expect(problem.detail).toContain('policy.json');
    expect(problem.detail).toContain(why);
    expect(await linesOf(useServer().store, 'events', () => true, tenant)).toEqual([]);
  });

  test('an Idempotency-Key that comes again gets the first answer, and nothing is kept twice', async () => {
    const headers = { 'idempotency-key': `order-${keys++}` };
    const events = [event({ eventId: 'key-1', userId: 'key', itemId: 'mug' })];
    const first = await collect(events, headers);
    expect(await collect(events, headers)).toEqual(first);
    const lines = await linesOf<StoredEvent>(useServer().store, 'events', ({ eventId }) => eventId === 'key-1');
    expect(lines).toHaveLength(1);
    const other = { events: [event({ eventId: 'key-2', userId: 'key', itemId: 'mug' })] };
    const problem = await problemOf(await send('/v1/events', 'POST', other, headers), 422);
    expect(problem.errors?.[0]?.pointer).toBe('Idempotency-Key');
  });

  test('items enter the catalogue; the newest word on an item holds', async () => {
    const put = (items: unknown[]) => send('/v1/items', 'PUT', { items });
    const first = [{ itemId: 'cat-1', title: 'Mug', price: 3 }, { itemId: 'cat-2', title: 'Lamp' }, { title: 'no id' }];
    expect(await jsonOf(await put(first), 202)).toMatchObject({ accepted: 2, rejected: [{ index: 2 }] });
    await onceDelivered(useServer, async () =>
      expect(await knownItem(useServer, 'cat-2')).toMatchObject({ title: 'Lamp' }),
    );
    await jsonOf(await put([{ itemId: 'cat-1', title: 'Large mug', available: false }]), 202);
    await onceDelivered(useServer, async () => {
      const item = await knownItem(useServer, 'cat-1');
      expect(item).toMatchObject({ title: 'Large mug', available: false });
      expect(item).not.toHaveProperty('price');
    });
  });

  test('what is known of customers is kept under their pseudonyms', async () => {
    const users = [{ userId: 'known', attributes: { country: 'FR', about: 'call 020 7946 0958' } }];
    expect(await jsonOf(await send('/v1/users', 'PUT', { users }), 202)).toMatchObject({ accepted: 1 });
    const user = await pseudonymizer.pseudonym(TENANT, 'known');
    const lines = await linesOf<UserLine>(useServer().store, 'users', (line) => line.user === user);
    expect(lines).toMatchObject([{ attributes: { country: 'FR', about: 'call [phone]' } }]);
  });

  test('right labels are kept as rows to train with', async () => {
    const row = { feedbackId: 'f-1', function: 'classify', model: 'mood', text: 'not bad', label: 'positive' };
    const feedback = [row, { ...row, feedbackId: 'f-2', text: undefined }];
    const answer = AcceptedSchema.parse(await jsonOf(await send('/v1/feedback', 'POST', { feedback }), 202));
    expect(answer).toMatchObject({ accepted: 1, rejected: [{ index: 1, id: 'f-2' }] });
    expect(
      await linesOf<FeedbackLine>(useServer().store, 'feedback', ({ feedbackId }) => feedbackId === 'f-1'),
    ).toMatchObject([row]);
  });

  test("a day's report tells robots, repetitions, wrong clocks and unknown items", async () => {
    const tenant = 'report';
    const key = 'em_key-of-tenant-report';
    await seedKey(useServer().store, key, { tenant });
    const sent = (events: unknown[]) => useServer().fetch('/v1/events', post({ events }, key));
    const items = [{ itemId: 'mug' }];
    await jsonOf(await useServer().fetch('/v1/items', { ...post({ items }, key), method: 'PUT' }), 202);
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const robot = Array.from({ length: 61 }, (_, i) =>
      event({ eventId: `robot-${i}`, userId: 'robot', itemId: 'mug', at: at.replace(/\d{2}\.\d{3}Z/, '00.000Z') }),
    );
    const person = event({ eventId: 'person-1', userId: 'person', itemId: 'mug', at });
    const future = new Date(Date.now() + 7_200_000).toISOString();
    await jsonOf(await sent([...robot, person, { ...person, eventId: 'person-2' }]), 202);
    await jsonOf(await sent([person, event({ eventId: 'ahead', userId: 'p', itemId: 'lamp', at: future })]), 202);
    await jsonOf(
      await sent([event({ eventId: 'late', userId: null, itemId: 'vase', at: '2020-01-01T00:00:00Z' })]),
      202,
    );
    const date = new Date().toISOString().slice(0, 10);
    await onceDelivered(useServer, async () =>
      expect(await readCatalogue(useServer().store, tenant, null)).not.toBeNull(),
    );
    const asked = await useServer().fetch(`/v1/events/report?date=${date}`, get(key));
    const report = EventsReportSchema.parse(await jsonOf(asked));
    expect(report).toMatchObject({
      date,
      parts: 3,
      partsRead: 3,
      events: 65,
      byType: { view: 65 },
      customers: 3,
      withoutIdentity: 1,
      repeatedIds: 1,
      bots: { customers: 1, events: 61 },
      clock: { ahead: 1, late: 1 },
      unknownItems: { events: 2, items: 2 },
    });
    // The robot's events of one minute say the same; so do the person's two.
    expect(report.repeatedContent).toBe(61);
    expect(report.clock.maxAheadSeconds).toBeGreaterThan(7_000);
    await problemOf(await useServer().fetch('/v1/events/report?date=yesterday', get(key)), 422);
  });

  test('a key of another scope collects nothing', async () => {
    const response = await useServer().fetch('/v1/events', post({ events: [event({})] }, KEYS.classifyOnly));
    expect((await problemOf(response, 403)).detail).toContain('"collect"');
    await problemOf(await useServer().fetch('/v1/events', { method: 'POST', headers: bearer(null), body: '{}' }), 401);
  });
}

async function knownItem(useServer: UseServer, itemId: string): Promise<unknown> {
  const catalogue = await readCatalogue(useServer().store, TENANT, null);
  return z.unknown().parse(catalogue?.items.find((item) => item.itemId === itemId));
}
