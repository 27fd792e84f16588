import { z } from 'zod';
import { invalidField, type Outcome } from '../core/failure.ts';
import { sha256Hex } from '../core/hex.ts';
import { fromJsonBytes, toJsonBytes } from '../core/json-bytes.ts';
import { fail, ok } from '../core/result.ts';
import { utcDate } from '../core/utc-date.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Coordinator } from '../ports/coordinator.ts';
import type { Caller } from './caller.ts';

/** A request with the key is thought to be under way at most so long. */
const IN_FLIGHT_SECONDS = 60;
const DAY_MS = 24 * 60 * 60 * 1000;
const KEY_HEADER = 'idempotency-key';

/** `tenants/{tenant}/idempotency/dt=…/{digest}.json`, schema version 1: what a request with a key was answered. */
const RecordSchema = z.object({
  schemaVersion: z.literal(1),
  /** Digest of the request's input. */
  fingerprint: z.string(),
  answer: z.unknown(),
});

/** A request that may come again. */
export interface KeyedRequest {
  readonly key: string;
  readonly operation: string;
  readonly input: unknown;
}

/** Lets a caller repeat a request that writes without its being done twice (draft-ietf-httpapi-idempotency-key-header-07). */
export interface Idempotency {
  /**
   * Does the work, or gives the answer that the same key got before, today or yesterday. Failures are not kept: a request that failed
   * may be tried again under its key.
   */
  run(request: KeyedRequest, caller: Caller, work: () => Promise<Outcome<unknown>>): Promise<Outcome<unknown>>;
}

/** `newId` gives a fresh text on each call. */
export function createIdempotency(
  store: BlobStore,
  coordinator: Coordinator,
  clock: Clock,
  newId: () => string,
): Idempotency {
  return {
    async run(request, caller, work) {
      const name = await sha256Hex(JSON.stringify([caller.tenant, request.operation, request.key]));
      const fingerprint = await sha256Hex(JSON.stringify(request.input) ?? '');
      const lease = `idempotency/${name}`;
      // Not the request's id, which the caller may choose: one that is sent twice at once would hold the lease twice.
      const owner = newId();
      const claimed = await coordinator.claim(lease, owner, IN_FLIGHT_SECONDS);
      if (claimed.kind === 'taken') {
        return fail({ kind: 'conflict', detail: 'A request with this Idempotency-Key is under way. Ask again later.' });
      }
      try {
        const known = await findAnswer(store, clock, caller.tenant, name, fingerprint);
        if (known) return known;
        const outcome = await work();
        if (outcome.ok) await keepAnswer(store, clock, caller.tenant, name, { fingerprint, answer: outcome.value });
        return outcome;
      } finally {
        await coordinator.release(lease, owner);
      }
    },
  };
}

/** The caller's key, if it sends one: 1 to 255 printable characters of ASCII. */
export function readIdempotencyKey(headers: Headers): Outcome<string | undefined> {
  const key = headers.get(KEY_HEADER);
  if (key === null || /^[\x21-\x7e]{1,255}$/.test(key)) return ok(key ?? undefined);
  return invalidField('Idempotency-Key', 'must have 1 to 255 printable characters');
}

/** Folders of a day, so that old answers can be removed day by day. */
export function idempotencyPrefix(tenant: string, date: string): string {
  return `tenants/${tenant}/idempotency/dt=${date}/`;
}

async function findAnswer(
  store: BlobStore,
  clock: Clock,
  tenant: string,
  name: string,
  fingerprint: string,
): Promise<Outcome<unknown> | undefined> {
  const now = clock.now();
  for (const date of [utcDate(now), utcDate(now - DAY_MS)]) {
    const found = await store.get(`${idempotencyPrefix(tenant, date)}${name}.json`);
    if (found.kind === 'missing') continue;
    const record = RecordSchema.parse(fromJsonBytes(await found.bytes()));
    if (record.fingerprint === fingerprint) return ok(record.answer);
    return invalidField('Idempotency-Key', 'was used before with another request');
  }
  return undefined;
}

async function keepAnswer(
  store: BlobStore,
  clock: Clock,
  tenant: string,
  name: string,
  record: { readonly fingerprint: string; readonly answer: unknown },
): Promise<void> {
  const body = toJsonBytes({ schemaVersion: 1, ...record });
  await store.put(`${idempotencyPrefix(tenant, utcDate(clock.now()))}${name}.json`, body);
}
