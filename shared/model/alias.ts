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

/** What an evaluation said of the version that an alias is moved to. */
export const EvidenceSchema = z.object({
  /** Of the evaluation. */
  evaluation: z.string(),
  /** Whether its gates held, and the sentence that says so; absent where none were asked for. */
  gates: z.object({ passed: z.boolean(), summary: z.string() }).optional(),
  /** Its first sentences. */
  summary: z.array(z.string()).default([]),
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
  /** The API key that asked for it, or the part of Edgemark that did it by itself. */
  by: z.string().min(1),
  reason: z.string(),
  /** The person who answers for it, as the caller names them. */
  approvedBy: z.string().optional(),
  evidence: EvidenceSchema.optional(),
  /** Why it was done although nothing speaks for it, or something against it. */
  forced: z.string().optional(),
});

export type AliasDocument = z.infer<typeof AliasDocumentSchema>;
export type Evidence = z.infer<typeof EvidenceSchema>;
export type AliasMove = z.infer<typeof AliasMoveSchema>;
