import { z } from 'zod';

/** What the function `collect` has beside the others' environment. */
const CollectEnvSchema = z.object({
  AWS_REGION: z.string().default('us-east-1'),
  /** Address of the queue, and of another SQS server than AWS's. */
  EDGEMARK_COLLECT_QUEUE_URL: z.url(),
  EDGEMARK_SQS_ENDPOINT: z.url().optional(),
  /** A secret: see shared/customer/pseudonym-secret.ts. */
  PSEUDONYM_SECRET: z.string().min(1),
});

export type CollectEnv = z.infer<typeof CollectEnvSchema>;

export function parseCollectEnv(env: unknown): CollectEnv {
  const parsed = CollectEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}
