import { z } from 'zod';

/** A message of the queue: points at a part whose lines are to take effect. */
export const CollectMessageSchema = z.object({
  family: z.enum(['events', 'items']),
  tenant: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  date: z.iso.date(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type CollectMessage = z.infer<typeof CollectMessageSchema>;
