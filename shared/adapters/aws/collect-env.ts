import { z } from 'zod';

/** What the function `collect` has beside the others' environment. */
const CollectEnvSchema = z.object({
  /** Address of the queue, and of another SQS server than AWS's. */
  EDGEMARK_COLLECT_QUEUE_URL: z.url(),
  EDGEMARK_SQS_ENDPOINT: z.url().optional(),
  /** Table of leases and counters, partition key `name` (text), and another DynamoDB server than AWS's. */
  EDGEMARK_COORDINATOR_TABLE: z.string().min(1),
  EDGEMARK_DYNAMODB_ENDPOINT: z.url().optional(),
  AWS_REGION: z.string().default('us-east-1'),
  /** A secret: see shared/customer/pseudonym-secret.ts. */
  PSEUDONYM_SECRET: z.string().min(1),
});

export type CollectEnv = z.infer<typeof CollectEnvSchema>;

export function parseCollectEnv(env: unknown): CollectEnv {
  const parsed = CollectEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}
