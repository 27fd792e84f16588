import { apiKeyId, isAcceptableApiKey } from '../core/api-key.ts';
import { sha256Hex } from '../core/hex.ts';
import { setBounded } from '../core/set-bounded.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyRing, KeyVerdict } from '../ports/key-ring.ts';
import { type KeyRecord, KeyRecordSchema, keyRecordKey } from './key-record.ts';

/** A verdict is trusted this long, misses included: a revoked key works at most so much longer. */
const CACHE_MS = 30_000;
/** Verdicts kept; the oldest go first, so that a flood of made-up keys can't grow the heap. */
const MAX_CACHED = 5_000;

/** Key ring over the records in object storage. Keys are compared by hash; the text itself is kept only in memory. */
export function createBlobKeyRing(store: BlobStore, clock: Clock): KeyRing {
  const cache = new Map<string, { verdict: KeyVerdict; untilMs: number }>();
  return {
    async verify(keyText) {
      const now = clock.now();
      const cached = cache.get(keyText);
      if (cached && cached.untilMs > now) return cached.verdict;
      if (!isAcceptableApiKey(keyText)) return { kind: 'unknown' };
      const verdict = await lookUp(store, keyText, now);
      setBounded(cache, keyText, { verdict, untilMs: now + CACHE_MS }, MAX_CACHED);
      return verdict;
    },
  };
}

async function lookUp(store: BlobStore, keyText: string, now: number): Promise<KeyVerdict> {
  const found = await store.get(keyRecordKey(await apiKeyId(keyText)));
  if (found.kind === 'missing') return { kind: 'unknown' };
  const record = KeyRecordSchema.parse(JSON.parse(new TextDecoder().decode(await found.bytes())));
  if (!sameText(record.hash, await sha256Hex(keyText))) return { kind: 'unknown' };
  return judge(record, now);
}

function judge(record: KeyRecord, now: number): KeyVerdict {
  if (record.revokedAt !== undefined) return { kind: 'revoked' };
  if (record.expiresAt !== undefined && Date.parse(record.expiresAt) <= now) return { kind: 'expired' };
  return {
    kind: 'valid',
    principal: {
      keyId: record.id,
      tenant: record.tenant,
      scopes: record.scopes,
      requestsPerMinute: record.limits.requestsPerMinute,
    },
  };
}

/** Compares without stopping at the first difference, so that timing tells nothing of the stored hash. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
