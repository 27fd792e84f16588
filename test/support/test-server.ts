import { z } from 'zod';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { seedKey, seedPack } from './seed-store.ts';
import { COLOUR_HEAD, LIGHT_HEAD, tinyImagePack } from './tiny-image-pack.ts';
import { tinyPack } from './tiny-pack.ts';
import { tinyRatingPack, tinyRecommenderPack } from './tiny-recommender-pack.ts';

/** `duplex` belongs to a body that is a stream (Fetch Standard); Node asks for it. */
export type TestRequestInit = RequestInit & { readonly duplex?: 'half' };

/** All functions behind one address, on some platform, and the storage that they read. */
export interface TestServer {
  readonly store: BlobStore;
  fetch(path: string, init?: TestRequestInit): Promise<Response>;
  /** Hands what the queues hold to their consumers, where that doesn't happen by itself. */
  deliver(): Promise<void>;
  /** One tick of the clock that the gateway passes on. */
  tick(): Promise<void>;
}

/** The secret of pseudonyms in tests. */
export const PSEUDONYM_SECRET = '1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

/** Gives the running server to a suite; called inside tests only. */
export type UseServer = () => TestServer;

/** Keys chosen by hand, as for local use: prefix and enough characters. */
export const KEYS = {
  all: 'em_key-with-all-scopes',
  classifyOnly: 'em_key-for-classify-only',
  revoked: 'em_key-that-was-revoked',
  expired: 'em_key-that-has-expired',
  otherTenant: 'em_key-of-another-tenant',
  collectOnly: 'em_key-for-collect-only',
} as const;

/** Models every suite may count on. */
export async function seedCommon(store: BlobStore): Promise<void> {
  await seedKey(store, KEYS.all);
  await seedKey(store, KEYS.classifyOnly, { scopes: ['classify'] });
  await seedKey(store, KEYS.revoked, { revokedAt: '2026-02-01T00:00:00Z' });
  await seedKey(store, KEYS.expired, { expiresAt: '2026-02-01T00:00:00Z' });
  await seedKey(store, KEYS.otherTenant, { tenant: 'other' });
  await seedKey(store, KEYS.collectOnly, { scopes: ['collect'] });
  await seedPack(store, await tinyPack({ name: 'mood' }));
  await seedPack(store, await tinyPack({ name: 'mood', version: '2.0.0', words: SWAPPED }), { alias: 'canary' });
  await seedPack(
    store,
    await tinyPack({ name: 'topics', labels: ['sport', 'news'], words: TOPICS, scores: 'sigmoid' }),
  );
  await seedPack(store, await tinyPack({ name: 'short', maxTokens: 2 }));
  await seedPack(store, await tinyRecommenderPack({ name: 'kitchen' }));
  await seedPack(store, await tinyRatingPack({ name: 'stars' }));
  await seedPack(store, await tinyImagePack({ name: 'paint' }));
  await seedPack(store, await tinyImagePack({ name: 'plain-paint', isPlain: true }));
  await seedPack(
    store,
    await tinyImagePack({
      name: 'paint-and-light',
      heads: [{ ...COLOUR_HEAD, output: 'logits_colour' }, LIGHT_HEAD],
      embedding: true,
    }),
  );
}

/** Version 2.0.0 of `mood` sees it the other way round, so that an answer tells which version gave it. */
const SWAPPED = { good: [2, 0, -1], bad: [-1, 0, 2] };
const TOPICS = { goal: [2, 0], election: [0, 2], club: [1, -1] };

/** A JSON POST with a key (`null` for none). */
export function post(body: unknown, key: string | null = KEYS.all, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { ...bearer(key), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** A POST of a file's bytes, by default without saying what they are. */
export function postBytes(
  body: BodyInit,
  headers: Record<string, string> = { 'content-type': 'application/octet-stream' },
  key: string | null = KEYS.all,
): RequestInit {
  return { method: 'POST', headers: { ...bearer(key), ...headers }, body };
}

export function get(key: string | null = KEYS.all): RequestInit {
  return { headers: bearer(key) };
}

export function bearer(key: string | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** The body of an answer that must be JSON with this status; the text is shown when it has another. */
export async function jsonOf(response: Response, status = 200): Promise<unknown> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`expected status ${status}, got ${response.status}: ${text}`);
  return JSON.parse(text);
}

const ProblemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  limitBytes: z.number().optional(),
});

/** The problem document of a refusal: content type, status and request id must be right in each. */
export async function problemOf(response: Response, status: number): Promise<z.infer<typeof ProblemSchema>> {
  const problem = ProblemSchema.parse(await jsonOf(response, status));
  const told = [response.headers.get('content-type'), problem.status, problem.requestId];
  const wanted = ['application/problem+json', status, response.headers.get('x-request-id')];
  if (told.join() !== wanted.join()) throw new Error(`a problem that says ${told.join()} instead of ${wanted.join()}`);
  return problem;
}
