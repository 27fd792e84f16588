import { z } from 'zod';
import { CoordinatorEnvSchema } from './coordinator-env.ts';

/** What the function `collect` has beside the others' bindings. */
const CollectEnvSchema = CoordinatorEnvSchema.extend({
  COLLECT_QUEUE: z.custom<Queue<string>>(
    (value) => typeof value === 'object' && value !== null,
    'the queue binding COLLECT_QUEUE is missing',
  ),
  /** A secret: see shared/customer/pseudonym-secret.ts. */
  PSEUDONYM_SECRET: z.string().min(1),
});

export type CollectEnv = z.infer<typeof CollectEnvSchema>;

export function parseCollectEnv(env: unknown): CollectEnv {
  const parsed = CollectEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
