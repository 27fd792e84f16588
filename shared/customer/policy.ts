import { z } from 'zod';
import { fromJsonBytes } from '../core/json-bytes.ts';
import type { BlobStore } from '../ports/blob-store.ts';
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

export type Policy = Pick<z.infer<typeof PolicySchema>, 'requireConsent' | 'redact' | 'keyVersion'>;

const DEFAULT_POLICY: Policy = { redact: true };

/** Gives tenants' policies, at most 30 s old. */
export interface PolicyReader {
  read(tenant: string): Promise<Policy>;
}

export function createPolicyReader(store: BlobStore, clock: Clock): PolicyReader {
  const cache = new Map<string, { readonly policy: Policy; readonly untilMs: number }>();
  return {
    async read(tenant) {
      const cached = cache.get(tenant);
      if (cached && cached.untilMs > clock.now()) return cached.policy;
      const found = await store.get(policyKey(tenant));
      const policy = found.kind === 'missing' ? DEFAULT_POLICY : PolicySchema.parse(fromJsonBytes(await found.bytes()));
      cache.delete(tenant);
      if (cache.size >= MAX_TENANTS) cache.delete(cache.keys().next().value ?? '');
      cache.set(tenant, { policy, untilMs: clock.now() + CACHE_MS });
      return policy;
    },
  };
}
