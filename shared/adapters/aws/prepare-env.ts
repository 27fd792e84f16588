import { z } from 'zod';
import { HostListSchema } from '../web/host-list.ts';

/** What the function `prepare` has beside the others' environment. */
const PrepareEnvSchema = z.object({
  AWS_REGION: z.string().default('us-east-1'),
  /** Address of the queue, and of another SQS server than AWS's. */
  EDGEMARK_PREPARE_QUEUE_URL: z.url(),
  EDGEMARK_SQS_ENDPOINT: z.url().optional(),
  /** Hosts that files may be fetched from, with commas between them. */
  EDGEMARK_DATASET_HOSTS: HostListSchema,
});

export type PrepareEnv = z.infer<typeof PrepareEnvSchema>;

export function parsePrepareEnv(env: unknown): PrepareEnv {
  const parsed = PrepareEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This function is misconfigured: ${z.prettifyError(parsed.error)}`);
}
