import { z } from 'zod';

/** `keys/{id}.json`: an API key as stored. Of the key itself there is only the SHA-256 of its whole text. */
export const KeyRecordSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  id: z.string().min(1),
  tenant: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.string().min(1)),
  limits: z.object({ requestsPerMinute: z.int().positive() }),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
  revokedAt: z.iso.datetime().optional(),
});

export type KeyRecord = z.infer<typeof KeyRecordSchema>;

export function keyRecordKey(id: string): string {
  return `keys/${id}.json`;
}
