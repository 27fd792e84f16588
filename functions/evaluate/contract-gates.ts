import { z } from '@hono/zod-openapi';
import { MAX_SLICE_COLUMNS } from '../../shared/metrics/slices/sliced-task.ts';

const MAX_RULES = 100;
const limit = z.number();
const SliceRuleSchema = z.strictObject({
  column: z.string().min(1).max(256),
  min: limit.optional(),
  max: limit.optional(),
  leastRows: z.int().min(0).optional().openapi({ description: 'Slices with fewer rows are not judged. Default 30.' }),
});

const RuleSchema = z
  .strictObject({
    metric: z.string().min(1).max(64),
    min: limit.optional(),
    max: limit.optional(),
    minChange: limit
      .optional()
      .openapi({ description: 'Least improvement on the baseline; below 0: what may be lost.' }),
    minRelativeChange: limit.optional().openapi({ description: 'The same as a share of the baseline: 0.02 is 2 %.' }),
    better: z.enum(['higher', 'lower']).optional(),
    judgedBy: z
      .enum(['value', 'interval'])
      .optional()
      .openapi({ description: 'interval: all of it must be within min and max. Default value.' }),
    slices: z.array(SliceRuleSchema).max(MAX_RULES).optional(),
  })
  .openapi('GateRule');

/** What the evaluation must reach, and what it is compared with. */
export const GatesSchema = z
  .strictObject({
    rules: z.array(RuleSchema).min(1).max(MAX_RULES),
    baseline: z
      .record(z.string(), z.number())
      .optional()
      .openapi({ description: 'Figures of what is in use, by name. Without them changes are skipped.' }),
  })
  .openapi('Gates', {
    example: { rules: [{ metric: 'rocAuc', min: 0.8, minChange: -0.01 }], baseline: { rocAuc: 0.82 } },
  });

export const GateVerdictSchema = z
  .object({
    passed: z.boolean(),
    summary: z.string(),
    checks: z.array(
      z.object({
        metric: z.string(),
        asked: z.enum(['min', 'max', 'minChange', 'minRelativeChange']),
        limit: z.number(),
        slice: z.object({ column: z.string(), value: z.string() }).optional(),
        outcome: z.enum(['passed', 'failed', 'skipped']),
        reason: z.string(),
      }),
    ),
  })
  .openapi('GateVerdict');

/** Between which groups a binary classification is to be even. */
export const FairnessSchema = z
  .strictObject({
    columns: z.array(z.string().min(1).max(256)).min(1).max(MAX_SLICE_COLUMNS),
    leastRows: z.int().min(1).default(30).openapi({ description: 'Smaller groups are named in a warning.' }),
  })
  .openapi('FairnessWish', { example: { columns: ['ageGroup'] } });

export type Gates = z.infer<typeof GatesSchema>;
