import { expect, test } from 'vitest';
import { seedKey } from '../seed-store.ts';
import { bearer, get, jsonOf, KEYS, post, postBytes, problemOf, type UseServer } from '../test-server.ts';

const GOOD_REQUEST = { inputs: 'good', model: 'mood' };

/** Keys, methods, request ids and quotas: the same for every function, asked of one route each. */
export function describeAccess(useServer: UseServer): void {
  const routes: readonly [string, RequestInit][] = [
    ['/v1/classify', post(GOOD_REQUEST, null)],
    ['/v1/tag?model=paint', postBytes(new Uint8Array([1]), {}, null)],
    ['/v1/recommend', post({ history: ['mug'], model: 'kitchen' }, null)],
    ['/v1/recommend/arms', get(null)],
    ['/v1/recommend/arms/any', { ...post({ arms: [] }, null), method: 'PUT' }],
    ['/v1/recommend/arms/any', get(null)],
    ['/v1/recommend/arms/any', { method: 'DELETE' }],
    ['/v1/policy', get(null)],
    ['/v1/policy', { ...post({}, null), method: 'PUT' }],
    ['/v1/events', post({ events: [] }, null)],
    ['/v1/users/somebody', { method: 'DELETE' }],
    ['/v1/users/somebody/export', get(null)],
    ['/v1/imports', postBytes('a,b\n1,2\n', {}, null)],
    ['/v1/evaluate', post({ task: 'binary-classification', rows: [] }, null)],
    ['/v1/evaluate/power', post({ outcome: { kind: 'shares', control: 0.1 }, rows: 100, power: 0.8 }, null)],
    ['/v1/evaluate/0123456789abcdef0123456789abcdef', get(null)],
    ['/v1/uploads', post({}, null)],
    ['/v1/datasets', get(null)],
    ['/v1/datasets', post({ name: 'any' }, null)],
    ['/v1/datasets/any', get(null)],
    ['/v1/datasets/any/rows', get(null)],
    ['/v1/models', get(null)],
    ['/v1/models/choose?task=text-classification', get(null)],
    ['/v1/models/mood', get(null)],
  ];

  test.each([
    ['no key', {}, 'No API key'],
    ['a key that is not known', bearer('em_nobody-has-this-key'), 'not known'],
    ['a key that was revoked', bearer(KEYS.revoked), 'revoked'],
    ['a key that has expired', bearer(KEYS.expired), 'expired'],
    ['another scheme', { authorization: 'Basic abc' }, 'Bearer'],
    ['a key that cannot be one', bearer('em_short'), 'not known'],
  ])('%s is refused on every route, without a word of what is there', async (_, headers, word) => {
    for (const [path, init] of routes) {
      const response = await useServer().fetch(path, {
        ...init,
        headers: { 'content-type': 'application/json', ...headers },
      });
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="edgemark"');
      expect((await problemOf(response, 401)).detail).toContain(word);
    }
  });

  test('a key without the scope is refused, with the scope it lacks', async () => {
    await jsonOf(await useServer().fetch('/v1/classify', post(GOOD_REQUEST, KEYS.classifyOnly)));
    const response = await useServer().fetch('/v1/models', get(KEYS.classifyOnly));
    expect((await problemOf(response, 403)).detail).toContain('"models:read"');
    const tag = await useServer().fetch('/v1/tag?model=paint', postBytes(new Uint8Array([1]), {}, KEYS.classifyOnly));
    expect((await problemOf(tag, 403)).detail).toContain('"tag"');
    const recommend = await useServer().fetch('/v1/recommend', post({ model: 'kitchen' }, KEYS.classifyOnly));
    expect((await problemOf(recommend, 403)).detail).toContain('"recommend"');
    const infer = await useServer().fetch('/v2/models/mood', get(KEYS.classifyOnly));
    expect(await jsonOf(infer, 403)).toEqual({ error: expect.stringContaining('"infer"') });
  });

  test('a key is asked for before anything is read', async () => {
    const response = await useServer().fetch('/v1/classify', { method: 'POST', body: 'not JSON' });
    expect((await problemOf(response, 401)).type).toBe('urn:edgemark:problem:unauthenticated');
  });

  test('another method is not allowed, and the answer says which are', async () => {
    const response = await useServer().fetch('/v1/classify', get());
    expect(response.headers.get('allow')).toBe('POST');
    expect((await problemOf(response, 405)).type).toBe('urn:edgemark:problem:method-not-allowed');
    const choose = await useServer().fetch('/v1/models/choose', { ...get(), method: 'DELETE' });
    expect(choose.status).toBe(405);
    expect(choose.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  test("the caller's request id comes back; a strange one is replaced", async () => {
    const ask = (id: string) => useServer().fetch('/v1/classify', post(GOOD_REQUEST, KEYS.all, { 'x-request-id': id }));
    const own = await ask('order-4711-a');
    expect(own.headers.get('x-request-id')).toBe('order-4711-a');
    expect(await jsonOf(own)).toMatchObject({ requestId: 'order-4711-a' });
    expect((await ask('<script>alert(1)</script>')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('answers tell the quota, and over it a request gets 429 with the time to come back', async () => {
    const key = 'em_key-with-two-a-minute';
    await seedKey(useServer().store, key, { limits: { requestsPerMinute: 2 } });
    const first = await useServer().fetch('/v1/classify', post(GOOD_REQUEST, key));
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=2;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"default";r=1;t=\d+$/);
    // The minute may turn in between, but five requests are too many for two minutes.
    for (let i = 0; i < 3; i++) await useServer().fetch('/v1/classify', post(GOOD_REQUEST, key));
    const last = await useServer().fetch('/v1/classify', post(GOOD_REQUEST, key));
    expect(last.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
    const seconds = Number(last.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect((await problemOf(last, 429)).type).toBe('urn:edgemark:problem:rate-limited');
  });
}
