import { z } from 'zod';

/** Kinds of behaviour that have a meaning here; a shop may send others of its own. */
export const KNOWN_EVENT_TYPES = [
  'view',
  'click',
  'like',
  'dislike',
  'cart',
  'purchase',
  'rating',
  'share',
  'follow',
  'impression',
] as const;

export const EventTypeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'a lower-case letter, then letters, digits, _ or -, at most 32');

/** Ids as shops have them: any text without control characters. */
export const ItemIdSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}]+$/u, 'no control characters');

/** What a recommendation is found by: see recommendation-id.ts. */
export const RecommendationIdSchema = z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/, 'letters, digits and . _ ~ -');

/**
 * One line of a part of events, schema version 1: what is kept of an accepted event. `user` is a pseudonym, absent where the
 * event is kept without identity.
 */
export const StoredEventSchema = z.object({
  eventId: z.string().min(1).max(128),
  type: EventTypeSchema,
  user: z.string().optional(),
  itemId: ItemIdSchema,
  /** Rating, quantity or amount, as the type says. */
  value: z.number().optional(),
  /** When it happened, as the sender says. */
  at: z.iso.datetime(),
  /** When it was accepted. */
  receivedAt: z.iso.datetime(),
  /** By how much the sender's time was ahead, where it was too far to be believed: `at` is then `receivedAt`. */
  skewSeconds: z.number().positive().optional(),
  sessionId: z.string().max(256).optional(),
  recommendationId: RecommendationIdSchema.optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

export type StoredEvent = z.infer<typeof StoredEventSchema>;

/** The text of a part: a line of JSON for each row. */
export function toNdjson(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
