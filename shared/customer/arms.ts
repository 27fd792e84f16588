import { z } from 'zod';
import { uniformHash } from '../core/uniform-hash.ts';

/** Sums of weights stay far from what a number can't hold. */
const MAX_WEIGHT = 1e9;
export const MAX_ARMS = 16;

/** What an arm may set of a request; what the request itself says counts before. */
export const ArmSettingsSchema = z
  .object({
    diversity: z.number().min(0).max(1).optional(),
    sessionWeight: z.number().min(0).max(100).optional(),
    allowSeen: z.boolean().optional(),
    maxPerCategory: z.int().min(1).max(100).optional(),
  })
  .strict();

/** One side of an experiment. */
export const ArmSchema = z
  .object({
    /** Short, as every recommendation's id carries it. */
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,23}$/, 'lower-case letters, digits and hyphens, 1 to 24 characters'),
    /** Its share of the users, relative to the other arms. */
    weight: z.number().nonnegative().max(MAX_WEIGHT),
    /** `name`, `name@version` or `name@alias` of a pack. */
    model: z.string().min(1).max(128),
    settings: ArmSettingsSchema.default({}),
  })
  .strict();

/** The sides of one experiment; their order matters to who gets which. */
export const ArmListSchema = z
  .array(ArmSchema)
  .min(1)
  .max(MAX_ARMS)
  .refine((arms) => arms.some((arm) => arm.weight > 0), 'some weight must be above 0')
  .refine((arms) => new Set(arms.map((arm) => arm.name)).size === arms.length, 'names must differ');

/** `arms/{name}.json`, schema version 1: two or more models or settings behind one name. */
export const ArmsDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  arms: ArmListSchema,
  /** Another salt divides the users anew. */
  salt: z.string(),
});

/** What takes the place of a definition that was deleted: an unconditional delete could take away what another just wrote. */
export const ArmsTombstoneSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  deletedAt: z.iso.datetime(),
});

export type Arm = z.infer<typeof ArmSchema>;
export type ArmSettings = z.infer<typeof ArmSettingsSchema>;
export type ArmsDocument = z.infer<typeof ArmsDocumentSchema>;
export type ArmsTombstone = z.infer<typeof ArmsTombstoneSchema>;
/** What decides who gets which arm. */
export type Division = Pick<ArmsDocument, 'arms' | 'salt'>;

/** The arm of a user: the same while salt and weights stay. `user` is a pseudonym, or any other text that stands for the user. */
export function chooseArm({ arms, salt }: Division, user: string): Arm {
  const total = arms.reduce((sum, arm) => sum + arm.weight, 0);
  let left = uniformHash(`${salt}\n${user}`) * total;
  const chosen = arms.find((arm) => {
    left -= arm.weight;
    return left < 0;
  });
  return chosen ?? (arms.findLast((arm) => arm.weight > 0) as Arm);
}

/**
 * The arms in the order of those that were there before, new ones last. Users lie on a line that the arms cut into pieces one after
 * the other: in the same order, other weights move only the users beside the cuts.
 */
export function inOrderOf(before: readonly Arm[], arms: readonly Arm[]): Arm[] {
  const placeOf = (arm: Arm) => before.findIndex(({ name }) => name === arm.name);
  const known = arms.filter((arm) => placeOf(arm) >= 0).sort((a, b) => placeOf(a) - placeOf(b));
  return [...known, ...arms.filter((arm) => placeOf(arm) < 0)];
}

/** Share of all users, 0 to 1, whose arm has another name after the change. Under another salt all are divided anew, by chance. */
export function movedShare(before: Division, after: Division): number {
  const pieces = piecesOf(after.arms);
  const kept = piecesOf(before.arms).map((piece) => {
    const same = pieces.find(({ name }) => name === piece.name);
    if (same === undefined) return 0;
    if (before.salt !== after.salt) return (piece.end - piece.start) * (same.end - same.start);
    return Math.max(0, Math.min(piece.end, same.end) - Math.max(piece.start, same.start));
  });
  return Math.max(0, 1 - kept.reduce((sum, share) => sum + share, 0));
}

/** Where each arm begins and ends on the line of all users, from 0 to 1. */
function piecesOf(arms: readonly Arm[]): { readonly name: string; readonly start: number; readonly end: number }[] {
  const total = arms.reduce((sum, arm) => sum + arm.weight, 0);
  let sum = 0;
  return arms.map(({ name, weight }) => {
    const start = sum / total;
    sum += weight;
    return { name, start, end: sum / total };
  });
}
