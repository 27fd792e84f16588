import { z } from 'zod';

/** What the function `evaluate` has beside the others' bindings. */
const EvaluateEnvSchema = z.object({
  EVALUATE_QUEUE: z.custom<Queue<string>>(
    (value) => typeof value === 'object' && value !== null,
    'the queue binding EVALUATE_QUEUE is missing',
  ),
});

export type EvaluateEnv = z.infer<typeof EvaluateEnvSchema>;

export function parseEvaluateEnv(env: unknown): EvaluateEnv {
  const parsed = EvaluateEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
