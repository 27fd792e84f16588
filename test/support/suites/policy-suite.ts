import { expect, test } from 'vitest';
import { AcceptedSchema, type PolicyResponse, PolicyResponseSchema } from '../../../functions/collect/contract.ts';
import { policyKey } from '../../../shared/customer/customer-keys.ts';
import { event } from '../collected.ts';
import { seedKey } from '../seed-store.ts';
import { get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { utf8 } from '../utf8.ts';

/** What a tenant wants done with its customers' data, over HTTP. */
export function describePolicy(useServer: UseServer): void {
  const put = (key: string, body: object, headers: Record<string, string> = {}) =>
    useServer().fetch('/v1/policy', { ...post(body, key, headers), method: 'PUT' });
  const written = async (key: string, body: object, headers?: Record<string, string>): Promise<PolicyResponse> =>
    PolicyResponseSchema.parse(await jsonOf(await put(key, body, headers)));
  const show = async (key: string): Promise<PolicyResponse> =>
    PolicyResponseSchema.parse(await jsonOf(await useServer().fetch('/v1/policy', get(key))));

  /** A tenant whose policy no request has read yet. */
  async function newTenant(): Promise<{ readonly tenant: string; readonly key: string }> {
    const tenant = `t${crypto.randomUUID().slice(0, 8)}`;
    const key = `em_key-of-the-policy-of-${tenant}`;
    await seedKey(useServer().store, key, { tenant });
    return { tenant, key };
  }

  test('without a policy the defaults are told; one that is put holds for the next events', async () => {
    const { key } = await newTenant();
    const { requestId: _, ...defaults } = await show(key);
    expect(defaults).toEqual({ redact: true, revision: null });
    const answer = await written(key, { requireConsent: 'refuse', revision: null });
    expect(answer).toMatchObject({ requireConsent: 'refuse', redact: true, revision: expect.any(String) });
    expect(await show(key)).toEqual({ ...answer, requestId: expect.any(String) });
    const events = [event({ eventId: 'policy-a' }), event({ eventId: 'policy-b', consent: true })];
    const told = AcceptedSchema.parse(await jsonOf(await useServer().fetch('/v1/events', post({ events }, key)), 202));
    expect(told).toMatchObject({ accepted: 1, rejected: [{ index: 0 }] });
  });

  test('a change needs the revision that it replaces; of two at once one is taken; each is recorded', async () => {
    const { tenant, key } = await newTenant();
    const first = await written(key, { requireConsent: 'anonymise' });
    expect((await problemOf(await put(key, { redact: false }), 409)).detail).toContain('GET /v1/policy');
    const changes = [{ redact: false }, { requireConsent: 'refuse' }].map((change) =>
      put(key, { ...change, revision: first.revision }),
    );
    expect((await Promise.all(changes)).map(({ status }) => status).sort()).toEqual([200, 409]);
    const { requestId: _, ...now } = await show(key);
    expect(now.revision).not.toBe(first.revision);
    const records = await policyRecords(useServer, tenant);
    const { requestId, ...before } = first;
    expect(records).toContainEqual(
      expect.objectContaining({ requestId, detail: { from: { redact: true, revision: null }, to: before } }),
    );
    expect(records).toContainEqual(expect.objectContaining({ detail: { from: before, to: now } }));
  });

  test('what comes again is done once, with and without an Idempotency-Key', async () => {
    const { tenant, key } = await newTenant();
    const headers = { 'idempotency-key': 'policy-once' };
    const first = await written(key, { redact: false }, headers);
    expect(await written(key, { redact: false }, headers)).toEqual(first);
    expect((await written(key, { redact: false })).revision).toBe(first.revision);
    expect(await policyRecords(useServer, tenant)).toHaveLength(1);
  });

  test('one that cannot be read is said to be so, and may be put anew', async () => {
    const { tenant, key } = await newTenant();
    await useServer().store.put(policyKey(tenant), utf8('{"schemaVersion":1,'));
    const problem = await problemOf(await useServer().fetch('/v1/policy', get(key)), 503);
    expect(problem.detail).toContain('PUT /v1/policy');
    await written(key, { redact: true });
    expect(await policyRecords(useServer, tenant)).toMatchObject([{ detail: { from: null } }]);
    await jsonOf(await useServer().fetch('/v1/events', post({ events: [event({ eventId: 'mended' })] }, key)), 202);
  });

  test.each<[title: string, body: object, pointer: string]>([
    ['a word that is none of its own', { requireConsent: 'maybe' }, 'requireConsent'],
    ['a text for yes', { redact: 'yes' }, 'redact'],
    ['a field that is not known', { consent: 'refuse' }, 'body'],
    ['a version of the secret that is not in use', { keyVersion: 2 }, 'keyVersion'],
  ])('a policy with %s is refused, and nothing changes', async (_, body, pointer) => {
    const { tenant, key } = await newTenant();
    expect((await problemOf(await put(key, body), 422)).errors?.[0]?.pointer).toBe(pointer);
    expect((await show(key)).revision).toBeNull();
    expect(await policyRecords(useServer, tenant)).toEqual([]);
  });

  test('the version of the secret in use may be asked for, and one that is stored may stay', async () => {
    const { tenant, key } = await newTenant();
    const { revision } = await written(key, { keyVersion: 1 });
    expect(await show(key)).toMatchObject({ keyVersion: 1, revision });
    const stored = { schemaVersion: 1, revision: 'old', keyVersion: 7 };
    await useServer().store.put(policyKey(tenant), utf8(JSON.stringify(stored)));
    expect(await written(key, { keyVersion: 7, redact: false, revision: 'old' })).toMatchObject({ keyVersion: 7 });
  });

  test('a key that only collects neither reads nor writes it', async () => {
    expect((await problemOf(await put(KEYS.collectOnly, {}), 403)).detail).toContain('"privacy"');
    await problemOf(await useServer().fetch('/v1/policy', get(KEYS.collectOnly)), 403);
  });
}

async function policyRecords(useServer: UseServer, tenant: string): Promise<unknown[]> {
  const { store } = useServer();
  const { blobs } = await store.list({ prefix: `tenants/${tenant}/privacy/records/` });
  const records = await Promise.all(
    blobs.map(async ({ key }) => {
      const found = await store.get(key);
      return found.kind === 'found' ? JSON.parse(new TextDecoder().decode(await found.bytes())) : {};
    }),
  );
  return records.filter(({ kind }) => kind === 'policy-changed');
}
