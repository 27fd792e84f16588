import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { ManifestSchema, MetricSchema, ModelNameSchema } from '../../shared/model/manifest.ts';

export const MAX_TRIAL_ROWS = 200;
export const MAX_TRIAL_CHARACTERS = 32_768;
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

const SummarySchema = z
  .object({
    name: z.string(),
    version: z.string(),
    task: z.string(),
    title: z.string().optional(),
    description: z.string().optional(),
    languages: z.array(z.string()),
    sizeBytes: z.int(),
    labels: z.array(z.string()).optional(),
    attributes: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .openapi({ description: 'What a pack for pictures tells, and the labels of each.' }),
    metrics: z.array(MetricSchema),
    aliases: z.record(z.string(), z.string()),
    versions: z.array(z.string()),
  })
  .openapi('ModelSummary');

export const ModelListSchema = z
  .object({
    models: z.array(SummarySchema),
    unreadable: z.array(z.string()).openapi({ description: 'Models whose manifest cannot be read.' }),
    requestId: z.string(),
  })
  .openapi('ModelList');

export const ModelDetailSchema = z
  .object({
    manifest: ManifestSchema,
    card: z.string().nullable().openapi({ description: 'The model card in Markdown, when the pack has one.' }),
    aliases: z.record(z.string(), z.string()),
    versions: z.array(z.string()),
    requestId: z.string(),
  })
  .openapi('ModelDetail');

export const ModelParamsSchema = z.object({ name: ModelNameSchema });

const criteria = {
  task: z.string().min(1).max(64).openapi({ example: 'text-classification' }),
  language: z
    .string()
    .min(2)
    .max(35)
    .optional()
    .openapi({ example: 'zh', description: 'BCP 47 tag that the model must know.' }),
  prefer: z.enum(['quality', 'speed']).default('quality'),
};

export const ChooseQuerySchema = z.object({ ...criteria, maxSizeMb: z.coerce.number().positive().optional() }).strict();

export const ChooseRequestSchema = z
  .object({
    ...criteria,
    maxSizeMb: z.number().positive().optional(),
    rows: z
      .array(
        z.union([
          z.string().min(1).max(MAX_TRIAL_CHARACTERS),
          z.object({ text: z.string().min(1).max(MAX_TRIAL_CHARACTERS), label: z.string().min(1).optional() }),
        ]),
      )
      .min(1)
      .max(MAX_TRIAL_ROWS)
      .openapi({
        description: `Up to ${MAX_TRIAL_ROWS} of your own texts, labelled or not; the candidates run on them.`,
      }),
  })
  .strict()
  .openapi('ChooseRequest', {
    example: {
      task: 'text-classification',
      language: 'en',
      rows: [{ text: 'Where is my parcel?', label: 'negative' }, 'Lovely colour, fits well.'],
    },
  });

const TrialSchema = z
  .object({
    rows: z.int(),
    meanConfidence: z.number().openapi({ description: 'Mean score of the label chosen.' }),
    agreement: z
      .number()
      .nullable()
      .openapi({ description: 'Share of rows on which the other candidates choose the same label.' }),
    accuracy: z
      .object({ value: z.number(), interval: z.tuple([z.number(), z.number()]), rows: z.int() })
      .nullable()
      .openapi({ description: 'On your labelled rows, with the 95 % Wilson interval.' }),
    unknownLabels: z.array(z.string()).openapi({ description: 'Labels of yours that this model does not have.' }),
    millisecondsPerRow: z
      .number()
      .nullable()
      .openapi({ description: 'Null where the platform hides time during computation.' }),
  })
  .openapi('ModelTrial');

export const ChoiceSchema = z
  .object({
    candidates: z.array(
      z.object({
        rank: z.int(),
        name: z.string(),
        version: z.string(),
        sizeBytes: z.int(),
        reasons: z.array(z.string()),
        trial: TrialSchema.optional(),
      }),
    ),
    excluded: z.array(z.object({ name: z.string(), reason: z.string() })),
    requestId: z.string(),
  })
  .openapi('ModelChoice');

const shared = { tags: ['models'], security: SECURITY };

export const listRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/models',
  operationId: 'listModels',
  summary: 'List the models that you can use',
  responses: { 200: jsonContent('Your own models and the shared ones.', ModelListSchema), ...problemResponses() },
});

export const chooseRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/models/choose',
  operationId: 'chooseModel',
  summary: 'Which model fits? Ranked from the manifests, with reasons',
  request: { query: ChooseQuerySchema },
  responses: { 200: jsonContent('The best first.', ChoiceSchema), ...problemResponses(422) },
});

export const chooseByRowsRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/models/choose',
  operationId: 'chooseModelByRows',
  summary: 'Which model fits? The candidates run on your own rows',
  request: { body: { required: true, content: { 'application/json': { schema: ChooseRequestSchema } } } },
  responses: { 200: jsonContent('The best first.', ChoiceSchema), ...problemResponses(413, 422, 500) },
});

export const showRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/models/{name}',
  operationId: 'showModel',
  summary: 'One model: manifest, card, metrics with intervals, aliases',
  request: { params: ModelParamsSchema },
  responses: { 200: jsonContent('The model.', ModelDetailSchema), ...problemResponses(404, 422, 500) },
});

export type ModelList = z.infer<typeof ModelListSchema>;
export type ModelDetail = z.infer<typeof ModelDetailSchema>;
export type Criteria = z.infer<typeof ChooseQuerySchema>;
export type ChooseRequest = z.infer<typeof ChooseRequestSchema>;
export type Choice = z.infer<typeof ChoiceSchema>;
export type Trial = z.infer<typeof TrialSchema>;
