import { z } from 'zod';
import { uniformHash } from '../core/uniform-hash.ts';

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
    weight: z.number().nonnegative(),
    /** `name`, `name@version` or `name@alias` of a pack. */
    model: z.string().min(1).max(128),
    settings: ArmSettingsSchema.default({}),
  })
  .strict();

/** `arms/{name}.json`, schema version 1: two or more models or settings behind one name. */
export const ArmsDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  arms: z
    .array(ArmSchema)
    .min(1)
    .max(16)
    .refine((arms) => arms.some((arm) => arm.weight > 0), 'some weight must be above 0')
    .refine((arms) => new Set(arms.map((arm) => arm.name)).size === arms.length, 'names must differ'),
  /** Another salt divides the users anew. */
  salt: z.string(),
});

export type Arm = z.infer<typeof ArmSchema>;
export type ArmSettings = z.infer<typeof ArmSettingsSchema>;
export type ArmsDocument = z.infer<typeof ArmsDocumentSchema>;

/** The arm of a user: the same while salt and weights stay. `user` is a pseudonym, or any other text that stands for the user. */
export function chooseArm({ arms, salt }: Pick<ArmsDocument, 'arms' | 'salt'>, user: string): Arm {
  const total = arms.reduce((sum, arm) => sum + arm.weight, 0);
  let left = uniformHash(`${salt}\n${user}`) * total;
  const chosen = arms.find((arm) => {
    left -= arm.weight;
    return left < 0;
  });
  return chosen ?? (arms.findLast((arm) => arm.weight > 0) as Arm);
}
