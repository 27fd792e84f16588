import { createRoute, z } from '@hono/zod-openapi';
import { errorResponses, jsonContent, ProblemSchema, problemResponses, SECURITY } from '../../shared/http/contract.ts';

/** Limits of one call, refused before work is done. */
export const MAX_INPUTS = 256;
export const MAX_TEXT_CHARACTERS = 32_768;
export const MAX_MODELS = 8;
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

const ModelSchema = z
  .string()
  .min(1)
  .max(128)
  .openapi({ example: 'sentiment', description: '`name` (its production alias), `name@version` or `name@alias`.' });

/** One text, with the caller's own id if there should be one in the answer. */
export const RowSchema = z.union([z.string(), z.object({ id: z.string().max(256).optional(), text: z.string() })]);

const rowDocument = {
  oneOf: [
    { type: 'string' as const },
    {
      type: 'object' as const,
      required: ['text'],
      properties: { id: { type: 'string' as const, maxLength: 256 }, text: { type: 'string' as const } },
    },
  ],
};

/** Rows of a list are parsed one by one later: a bad one is answered with its own problem and fails no other. */
const InputsSchema = z
  .union([
    RowSchema,
    z.array(z.unknown()).min(1, 'needs at least one text').max(MAX_INPUTS, `takes at most ${MAX_INPUTS} texts a call`),
  ])
  .openapi({
    description: `One text or up to ${MAX_INPUTS}; each at most ${MAX_TEXT_CHARACTERS} characters.`,
    oneOf: [...rowDocument.oneOf, { type: 'array', minItems: 1, maxItems: MAX_INPUTS, items: rowDocument }],
    example: ['The delivery was quick and the box intact.', '送餐太慢了，菜都凉了'],
  });

export const ClassifyRequestSchema = z
  .object({
    inputs: InputsSchema,
    model: ModelSchema.optional(),
    models: z
      .array(ModelSchema)
      .min(1)
      .max(MAX_MODELS)
      .optional()
      .openapi({ description: 'Answer each row by every one of these.' }),
    topK: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .openapi({ description: 'How many labels a row gets at most, best first.' }),
    threshold: z.number().min(0).max(1).default(0).openapi({ description: 'Labels with a lower score are left out.' }),
  })
  .strict()
  .refine((request) => (request.model === undefined) !== (request.models === undefined), {
    path: ['model'],
    message: 'give either "model" or "models"',
  })
  .openapi('ClassifyRequest', {
    example: {
      inputs: ['The delivery was quick and the box intact.', '送餐太慢了，菜都凉了'],
      model: 'sentiment',
      topK: 1,
    },
  });

export const LabelScoreSchema = z.object({ label: z.string(), score: z.number() });

const ServedModelSchema = z.object({ name: z.string(), version: z.string() });
const AnswerSchema = z.object({ labels: z.array(LabelScoreSchema), truncated: z.boolean() });

export const ClassifyResponseSchema = z
  .object({
    model: ServedModelSchema.optional().openapi({ description: 'The model that answered (with `model`).' }),
    models: z.array(ServedModelSchema).optional().openapi({ description: 'The models that answered (with `models`).' }),
    results: z
      .array(
        z.object({
          id: z.string().optional(),
          labels: z.array(LabelScoreSchema).optional(),
          truncated: z.boolean().optional().openapi({ description: 'The text was longer than the model reads.' }),
          byModel: z.record(z.string(), AnswerSchema).optional(),
          error: ProblemSchema.optional().openapi({ description: 'Why this row has no answer.' }),
        }),
      )
      .openapi({ description: 'One result a row, in the order of the rows.' }),
    requestId: z.string(),
  })
  .openapi('ClassifyResponse');

export const classifyRoute = createRoute({
  method: 'post',
  path: '/v1/classify',
  operationId: 'classify',
  tags: ['classify'],
  summary: 'Classify texts',
  description: 'Scores are probabilities that sum to 1 over all labels, or independent ones where the pack says so.',
  security: SECURITY,
  request: { body: { required: true, content: { 'application/json': { schema: ClassifyRequestSchema } } } },
  responses: { 200: jsonContent('Labels per row.', ClassifyResponseSchema), ...problemResponses(404, 413, 422, 500) },
});

/** Parameters of a Hugging Face Inference call that mean something here; others are ignored, as there. */
export const HuggingFaceRequestSchema = z
  .object({
    inputs: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(MAX_INPUTS)]),
    parameters: z
      .object({
        top_k: z.int().min(1).max(1000).nullish(),
        function_to_apply: z.enum(['softmax', 'sigmoid', 'none']).nullish(),
      })
      .nullish(),
  })
  .openapi('HuggingFaceTextClassificationRequest', {
    example: { inputs: 'I love it', parameters: { top_k: 2 } },
  });

export const HuggingFaceParamsSchema = z.object({ model: ModelSchema });

export const huggingFaceRoute = createRoute({
  method: 'post',
  path: '/hf/text-classification/{model}',
  operationId: 'huggingFaceTextClassification',
  tags: ['classify'],
  summary: 'Classify texts, in the shape of the Hugging Face Inference API',
  description: 'For present clients: set `endpointUrl`. Without `top_k`, all labels are given.',
  security: SECURITY,
  request: {
    params: HuggingFaceParamsSchema,
    body: { required: true, content: { 'application/json': { schema: HuggingFaceRequestSchema } } },
  },
  responses: {
    200: jsonContent('One list of labels a text.', z.array(z.array(LabelScoreSchema))),
    ...errorResponses(400),
  },
});

export type ClassifyRequest = z.infer<typeof ClassifyRequestSchema>;
export type ClassifyResponse = z.infer<typeof ClassifyResponseSchema>;
export type HuggingFaceRequest = z.infer<typeof HuggingFaceRequestSchema>;
export type LabelScore = z.infer<typeof LabelScoreSchema>;
