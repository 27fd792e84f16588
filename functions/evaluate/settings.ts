import { z } from '@hono/zod-openapi';

/** Settings of the tasks, as callers give them; the tasks' own interfaces say what each means. */
const cost = z.number().min(0).max(1e9).default(1);

export const binaryClassificationSettings = z.strictObject({
  threshold: z.number().default(0.5),
  beta: z.number().positive().max(1_000).default(1),
  calibrationBins: z.int().min(2).max(100).default(10),
  costFalsePositive: cost,
  costFalseNegative: cost,
});
