import { z } from 'zod';

/** What functions have that take leases, besides. */
export const CoordinatorEnvSchema = z.object({
  /** Table of leases and counters, partition key `name` (text), and another DynamoDB server than AWS's. */
  EDGEMARK_COORDINATOR_TABLE: z.string().min(1),
  EDGEMARK_DYNAMODB_ENDPOINT: z.url().optional(),
  AWS_REGION: z.string().default('us-east-1'),
});

export type CoordinatorEnv = z.infer<typeof CoordinatorEnvSchema>;

export function parseCoordinatorEnv(env: unknown): CoordinatorEnv {
  const parsed = CoordinatorEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}
