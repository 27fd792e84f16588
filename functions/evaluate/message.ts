import { z } from 'zod';

/** A message of the queue: one part of an evaluation is to be worked out. */
export const EvaluateMessageSchema = z.object({
  tenant: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** Place of the part's object in the plan. */
  part: z.int().min(0),
  /** Of a piece that began within a row: where it begins instead. */
  from: z.int().min(0).optional(),
});

export type EvaluateMessage = z.infer<typeof EvaluateMessageSchema>;
