import { z } from 'zod';

/** What the function `evaluate` has beside the others' environment. */
const EvaluateEnvSchema = z.object({
  AWS_REGION: z.string().default('us-east-1'),
  /** Address of the queue, and of another SQS server than AWS's. */
  EDGEMARK_EVALUATE_QUEUE_URL: z.url(),
  EDGEMARK_SQS_ENDPOINT: z.url().optional(),
});

export type EvaluateEnv = z.infer<typeof EvaluateEnvSchema>;

export function parseEvaluateEnv(env: unknown): EvaluateEnv {
  const parsed = EvaluateEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}
