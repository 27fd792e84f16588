import { z } from 'zod';
import { ModelAliasSchema, ModelVersionSchema } from './manifest.ts';

/** The alias that a bare model name means. */
export const PRODUCTION_ALIAS = 'production';

/**
 * `aliases/{alias}.json`: which version an alias names. Derived from the history, so it can always be rebuilt.
 * `revision` is fresh on every write, since ETags may repeat for equal content.
 */
export const AliasDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  alias: ModelAliasSchema,
  version: ModelVersionSchema,
  updatedAt: z.iso.datetime(),
});

/**
 * `history/{n}.json` (n in six digits): one move of an alias. Creating it with `If-None-Match: *` is the commit of the move:
 * of two writers one wins, the other is told.
 */
export const AliasMoveSchema = z.object({
  schemaVersion: z.literal(1),
  alias: ModelAliasSchema,
  from: ModelVersionSchema.nullable(),
  to: ModelVersionSchema,
  at: z.iso.datetime(),
  by: z.string().min(1),
  reason: z.string(),
});

export type AliasDocument = z.infer<typeof AliasDocumentSchema>;
export type AliasMove = z.infer<typeof AliasMoveSchema>;
