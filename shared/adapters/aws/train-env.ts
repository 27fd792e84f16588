import { z } from 'zod';

/** What the function `train` has beside the others' environment. */
const TrainEnvSchema = z.object({
  /** Where training happens: see shared/adapters/web/training-endpoint.ts. */
  EDGEMARK_TRAINING: z.string().optional(),
});

export function parseTrainEnv(env: unknown): z.infer<typeof TrainEnvSchema> {
  return TrainEnvSchema.parse(env);
}
