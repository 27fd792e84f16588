import { z } from 'zod';
import type { CoordinatorObject } from './durable-coordinator.ts';

function binding<T>(what: string): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === 'object' && value !== null, `${what} is missing`);
}

/** What the function `collect` has beside the others' bindings. */
const CollectEnvSchema = z.object({
  COLLECT_QUEUE: binding<Queue<string>>('the queue binding COLLECT_QUEUE'),
  COORDINATOR: binding<DurableObjectNamespace<CoordinatorObject>>('the durable object binding COORDINATOR'),
  /** A secret: see shared/customer/pseudonym-secret.ts. */
  PSEUDONYM_SECRET: z.string().min(1),
});

export type CollectEnv = z.infer<typeof CollectEnvSchema>;

export function parseCollectEnv(env: unknown): CollectEnv {
  const parsed = CollectEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
