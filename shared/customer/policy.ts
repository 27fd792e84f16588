import { z } from 'zod';
import type { Outcome } from '../core/failure.ts';
import { fromJsonBytes } from '../core/json-bytes.ts';
import { fail, ok } from '../core/result.ts';
import { setBounded } from '../core/set-bounded.ts';
import type { BlobStore, PutCondition } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { policyKey } from './customer-keys.ts';

/** A policy is trusted this long. */
const CACHE_MS = 30_000;
const MAX_TENANTS = 1_000;

/** `policy.json`, schema version 1: what a tenant wants done with its customers' data. Without one, the defaults hold. */
export const PolicySchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  /** Events that do not say `"consent": true` are refused, or kept without identity. Absent: all are taken. */
  requireConsent: z.enum(['refuse', 'anonymise']).optional(),
  /** E-mail addresses, phone and card numbers are taken out of texts. */
  redact: z.boolean().default(true),
  /** The version of the pseudonyms' secret that this tenant's profiles were made with; with another, nothing is taken. */
  keyVersion: z.int().optional(),
});

export type PolicyDocument = z.infer<typeof PolicySchema>;
export type Policy = Pick<PolicyDocument, 'requireConsent' | 'redact' | 'keyVersion'>;

export const DEFAULT_POLICY: Policy = { redact: true };

/** Gives tenants' policies, at most 30 s old. One that can't be read is a failure: nothing may be taken under a guess of it. */
export interface PolicyReader {
  read(tenant: string): Promise<Outcome<Policy>>;
}

export function createPolicyReader(store: BlobStore, clock: Clock): PolicyReader {
  const cache = new Map<string, { readonly policy: Policy; readonly untilMs: number }>();
  return {
    async read(tenant) {
      const cached = cache.get(tenant);
      if (cached && cached.untilMs > clock.now()) return ok(cached.policy);
      const { content } = await readStoredPolicy(store, tenant);
      if (!content.ok) return content;
      const policy = content.value ?? DEFAULT_POLICY;
      setBounded(cache, tenant, { policy, untilMs: clock.now() + CACHE_MS }, MAX_TENANTS);
      return ok(policy);
    },
  };
}

/** A policy as stored, with the condition under which it may be written again. */
export interface ReadPolicy {
  /** `null` where there is none: the defaults hold. */
  readonly content: Outcome<PolicyDocument | null>;
  readonly condition: PutCondition;
}

export async function readStoredPolicy(store: BlobStore, tenant: string): Promise<ReadPolicy> {
  const found = await store.get(policyKey(tenant));
  if (found.kind === 'missing') return { content: ok(null), condition: { ifNoneMatch: '*' } };
  return { content: parsePolicy(await found.bytes()), condition: { ifMatch: found.etag } };
}

/** The document may be written by hand: what is wrong in it is said. */
function parsePolicy(bytes: Uint8Array): Outcome<PolicyDocument> {
  let json: unknown;
  try {
    json = fromJsonBytes(bytes);
  } catch {
    return unreadable('it is not JSON');
  }
  const parsed = PolicySchema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return unreadable(`${issue?.path.join('.')}: ${issue?.message}`);
}

function unreadable(why: string): Outcome<never> {
  const detail = `The tenant's policy.json cannot be read, so nothing is taken: ${why}. PUT /v1/policy writes it anew.`;
  return fail({ kind: 'unavailable', detail, retryAfterSeconds: 60 });
}
