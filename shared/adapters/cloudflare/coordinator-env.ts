import { z } from 'zod';
import type { CoordinatorObject } from './durable-coordinator.ts';

/** What functions have that take leases, besides. */
export const CoordinatorEnvSchema = z.object({
  COORDINATOR: z.custom<DurableObjectNamespace<CoordinatorObject>>(
    (value) => typeof value === 'object' && value !== null,
    'the durable object binding COORDINATOR is missing',
  ),
});

export type CoordinatorEnv = z.infer<typeof CoordinatorEnvSchema>;

export function parseCoordinatorEnv(env: unknown): CoordinatorEnv {
  const parsed = CoordinatorEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
