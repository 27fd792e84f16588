import { z } from 'zod';

/** Environment variables of a Lambda function. Credentials and region come from the AWS runtime itself. */
const EnvSchema = z.object({
  EDGEMARK_BUCKET: z.string().min(1),
  /** An S3-compatible server other than AWS's, such as R2 or a local one. */
  EDGEMARK_S3_ENDPOINT: z.url().optional(),
  AWS_REGION: z.string().default('us-east-1'),
  LOG_REQUESTS: z.enum(['all', 'failures']).default('all'),
});

export type Env = z.infer<typeof EnvSchema>;

export function parseEnv(env: unknown): Env {
  const parsed = EnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}
