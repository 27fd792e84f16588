import { z } from 'zod';

/**
 * What the operator may say by `-c name=value`. An endpoint's name is in lower case, as it stands so in its ARN whatever it was created
 * with, and IAM compares exactly; it is the name of the stack, too, so that two endpoints are two stacks.
 */
const SettingsSchema = z.strictObject({
  endpointName: z
    .string()
    .max(63)
    .regex(/^[a-z](-*[a-z0-9])*$/, 'lower-case letters, digits and hyphens, a letter first')
    .default('edgemark-training'),
  /**
   * One A10G of 24 GB, the smallest card of AWS's that computes in bfloat16 and the smallest instance with it:
   * https://aws.amazon.com/ec2/instance-types/g5/. Which instances there are, and at what price: https://aws.amazon.com/sagemaker/ai/pricing/
   */
  instanceType: z
    .string()
    .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance of SageMaker, such as ml.g5.xlarge')
    .default('ml.g5.xlarge'),
  /** Rounds at the same time, as an instance runs one: what training may cost an hour is this many instances. */
  maxInstances: z.coerce.number().int().min(1).max(10).default(1),
  /** Of an instance in the region; goes into the secret, for jobs' limits in dollars. */
  usdPerHour: z.coerce.number().positive().optional(),
  /** Who is told by alarms. AWS asks this address whether it wants to be. */
  alarmEmail: z.email().optional(),
});

export type Settings = z.infer<typeof SettingsSchema>;

const NAMES = Object.keys(SettingsSchema.shape);

/** Throws with a sentence for each mistake. `read` gives a setting's value, undefined where nobody gave one. */
export function readSettings(read: (name: string) => unknown): Settings {
  const given = NAMES.map((name) => [name, read(name)] as const).filter(([, value]) => value !== undefined);
  const parsed = SettingsSchema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  throw new Error(`The settings can't be used: ${z.prettifyError(parsed.error)}`);
}
