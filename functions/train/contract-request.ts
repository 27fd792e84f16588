import { z } from '@hono/zod-openapi';
import { DatasetNameSchema, DatasetVersionSchema } from '../../shared/dataset/dataset-manifest.ts';
import { PRODUCTION_ALIAS } from '../../shared/model/alias.ts';
import { ModelAliasSchema, ModelNameSchema } from '../../shared/model/manifest.ts';

/** The longest that a job may train, over all its rounds. */
export const MAX_MINUTES = 24 * 60;

const settingSchema = z.union([z.number(), z.string(), z.boolean()]);
const settingName = z.string().min(1).max(64);

const SpaceSchema = z.union([
  z.strictObject({ low: z.number(), high: z.number(), log: z.boolean().optional() }),
  z.strictObject({ choices: z.array(settingSchema).min(1).max(50) }),
]);

const RuleSchema = z.looseObject({ metric: z.string().min(1).max(64) });

/** What becomes of the version once it is evaluated beside the one that serves, on the test split. */
const PromotionSchema = z
  .strictObject({
    policy: z.enum(['hold', 'gates']).default('hold').openapi({
      description:
        'hold: a person promotes it. gates: it serves at once where the gates hold, and is held otherwise; the key needs the scope models:promote as well.',
    }),
    rules: z.array(RuleSchema).min(1).max(100).optional().openapi({
      description:
        'Gates, as POST /v1/evaluate takes them. By default, of a classifier: accuracyDifference to what serves, its whole interval above 0.',
    }),
    alias: ModelAliasSchema.default(PRODUCTION_ALIAS),
  })
  .openapi('PromotionPolicy');

/** What a job is asked to do; how the endpoint reads the rest: infra/trainer/ENDPOINT.md. */
export const TrainRequestSchema = z
  .strictObject({
    task: z.enum(['text-classification', 'image-classification', 'recommendation']).openapi({
      description:
        'What the model is to do; the dataset must be of the kind that it learns from. Of images, 5,000 at most.',
    }),
    dataset: z.strictObject({
      name: DatasetNameSchema,
      version: DatasetVersionSchema.optional().openapi({ description: 'The newest otherwise.' }),
    }),
    model: ModelNameSchema.describe('Of which model the pack becomes a version, among your own.'),
    title: z.string().min(1).max(200).optional(),
    algorithm: z.string().min(1).max(64).default('auto').openapi({
      description:
        'auto trains the cheap baseline as well, and must beat it on validation by an interval that excludes 0.',
    }),
    hyperparameters: z.record(settingName, settingSchema).default({}),
    search: z
      .strictObject({
        method: z.enum(['random', 'halving']).default('random'),
        trials: z.int().min(2).max(200),
        space: z.record(settingName, SpaceSchema),
      })
      .optional(),
    crossValidation: z.strictObject({ folds: z.int().min(2).max(20) }).optional(),
    earlyStopping: z
      .strictObject({ patience: z.int().min(0).max(1_000), minDelta: z.number().min(0).max(1).default(0) })
      .optional(),
    loss: z
      .strictObject({
        name: z.string().min(1).max(64),
        gamma: z.number().optional(),
        smoothing: z.number().optional(),
        delta: z.number().optional(),
      })
      .optional(),
    regularisation: z
      .strictObject({
        l1: z.number().min(0).optional(),
        l2: z.number().min(0).optional(),
        dropout: z.number().min(0).lt(1).optional(),
      })
      .optional(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
    limits: z
      .strictObject({
        minutes: z.int().min(1).max(MAX_MINUTES).default(60),
        costUsd: z.number().positive().max(100_000).optional().openapi({
          description: 'Training ends when the endpoint’s price by the hour has come to so much.',
        }),
      })
      .prefault({}),
    promote: PromotionSchema.prefault({}),
  })
  .openapi('TrainRequest', {
    example: {
      task: 'text-classification',
      dataset: { name: 'complaints' },
      model: 'complaints',
      algorithm: 'auto',
      limits: { minutes: 30 },
    },
  });

export type PromotionPolicy = z.infer<typeof PromotionSchema>;
export type TrainRequest = z.infer<typeof TrainRequestSchema>;
