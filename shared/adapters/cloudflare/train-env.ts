import { z } from 'zod';
import type { EvaluationsEntry } from './rpc-evaluations.ts';

/** What the function `train` has beside the others' bindings. */
const TrainEnvSchema = z.object({
  /** Where training happens: see shared/adapters/web/training-endpoint.ts. */
  TRAINING: z.string().optional(),
  EVALUATIONS: z.custom<EvaluationsEntry>(
    // A binding's methods are not its own properties: only that it is one can be seen.
    (value) => (typeof value === 'object' || typeof value === 'function') && value !== null,
    'the service binding to the entry point Evaluations is missing',
  ),
});

export type TrainEnv = z.infer<typeof TrainEnvSchema>;

export function parseTrainEnv(env: unknown): TrainEnv {
  const parsed = TrainEnvSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`This Worker is misconfigured: ${z.prettifyError(parsed.error)}`);
}
