import { z } from 'zod';
import { HostListSchema } from '../web/host-list.ts';

/** What the function `prepare` has beside the others' bindings. */
const PrepareEnvSchema = z.object({
  PREPARE_QUEUE: z.custom<Queue<string>>(
    (value) => typeof value === 'object' && value !== null,
    'the queue binding PREPARE_QUEUE is missing',
  ),
  /** Hosts that files may be fetched from, with commas between them. */
  DATASET_HOSTS: HostListSchema,
});

export type PrepareEnv = z.infer<typeof PrepareEnvSchema>;

export function parsePrepareEnv(env: unknown): PrepareEnv {
  const parsed = PrepareEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
