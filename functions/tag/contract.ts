import { createRoute, z } from '@hono/zod-openapi';
import { errorResponses, jsonContent, ProblemSchema, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { MAX_IMAGE_BYTES } from '../../shared/image/read-image.ts';

/** Limits of one call, refused before work is done. */
export const MAX_IMAGES = 16;
export const MAX_MULTIPART_BYTES = 20 * 1024 * 1024;
/** An image of the largest size in base64, and room for the fields around it. */
export const MAX_JSON_BYTES = Math.ceil((MAX_IMAGE_BYTES * 4) / 3) + 64 * 1024;
const MAX_KEY_CHARACTERS = 512;

const ModelSchema = z
  .string()
  .min(1)
  .max(128)
  .openapi({ example: 'clothing', description: '`name` (its production alias), `name@version` or `name@alias`.' });
const TOP_K = 'How many tags an attribute gets at most, best first; 3 unless told.';
const THRESHOLD = 'Tags with a lower score are left out; 0 unless told.';
const EMBED = "Whether to add the picture's vector, of packs that give one.";

const TopKSchema = z.int().min(1).max(1000).openapi({ description: TOP_K });
const ThresholdSchema = z.number().min(0).max(1).openapi({ description: THRESHOLD });
const EmbedSchema = z.boolean().openapi({ description: EMBED });

/** Texts of numbers: `Number` alone would take an empty one for 0. */
const NumberTextSchema = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number')
  .transform(Number);

/** Parameters as texts: in the query, or as fields of a form. */
export const TagQuerySchema = z
  .object({
    model: ModelSchema.optional(),
    topK: NumberTextSchema.pipe(TopKSchema)
      .optional()
      .openapi({ type: 'integer', minimum: 1, maximum: 1000, description: TOP_K }),
    threshold: NumberTextSchema.pipe(ThresholdSchema)
      .optional()
      .openapi({ type: 'number', minimum: 0, maximum: 1, description: THRESHOLD }),
    embed: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional()
      .openapi({ type: 'boolean', description: EMBED }),
  })
  .strict();

/** The same with their own types, in a body of JSON. */
const TagFieldsSchema = z.object({
  model: ModelSchema.optional(),
  topK: TopKSchema.optional(),
  threshold: ThresholdSchema.optional(),
  embed: EmbedSchema.optional(),
});

/** `key` is below the tenant's own `tenants/{tenant}/images/`. */
export const ImageKeySchema = z
  .string()
  .min(1)
  .max(MAX_KEY_CHARACTERS)
  .regex(/^(?!.*(^|\/)\.{0,2}(\/|$))/, 'a key without empty parts, . and ..')
  .openapi({
    description: 'An object below `images/` in your own prefix; nothing else is reached, no address fetched.',
  });

export const TagJsonSchema = TagFieldsSchema.extend({
  image: z
    .union([z.string().min(1), z.object({ key: ImageKeySchema }).strict()])
    .openapi({ description: 'The file in base64, or `{"key"}` of a stored one.' }),
})
  .strict()
  .openapi('TagRequest', { example: { image: { key: 'shoes/red.jpg' }, model: 'clothing', topK: 2 } });

const TagFormSchema = z
  .object({
    image: z.string().optional().openapi({ format: 'binary', description: 'One picture.' }),
    images: z
      .array(z.string().openapi({ format: 'binary' }))
      .max(MAX_IMAGES)
      .optional()
      .openapi({ description: `Up to ${MAX_IMAGES} pictures, answered one by one.` }),
    ...TagFieldsSchema.shape,
  })
  .openapi('TagForm');

export const TagSchema = z.object({
  label: z.string().openapi({ example: 'dress' }),
  score: z.number(),
  attribute: z.string().optional().openapi({ example: 'type', description: 'What the tag is about.' }),
});

export const ImageDescriptionSchema = z
  .object({
    width: z.int().openapi({ description: 'Pixels of the upright picture.' }),
    height: z.int(),
    format: z.enum(['jpeg', 'png', 'webp', 'gif']),
    orientationApplied: z.int().min(1).max(8).openapi({ description: 'By EXIF; 1 when nothing was to be turned.' }),
    dominantColours: z
      .array(z.object({ name: z.string(), hex: z.string(), share: z.number() }))
      .openapi({ description: 'Up to five, by their share of the picture.' }),
    brightness: z.number().openapi({ description: 'Mean luma, 0 (black) to 1 (white).' }),
    sharpness: z.number().openapi({
      description:
        'Variance of the Laplacian at 96 × 96; low where edges are soft. To compare pictures with each other.',
    }),
    perceptualHash: z
      .string()
      .openapi({ description: '64 bits in hexadecimal digits; alike pictures differ in few bits.' }),
  })
  .openapi('ImageDescription');

const ServedModelSchema = z.object({ name: z.string(), version: z.string() });
const EmbeddingSchema = z
  .array(z.number())
  .openapi({ description: 'The picture as a vector of length 1 (with `embed`).' });

export const TagResponseSchema = z
  .object({
    model: ServedModelSchema,
    tags: z.array(TagSchema),
    image: ImageDescriptionSchema,
    embedding: EmbeddingSchema.optional(),
    requestId: z.string(),
  })
  .openapi('TagResponse');

export const TagBatchResponseSchema = z
  .object({
    model: ServedModelSchema,
    results: z
      .array(
        z.object({
          name: z.string().optional().openapi({ description: "The part's file name." }),
          tags: z.array(TagSchema).optional(),
          image: ImageDescriptionSchema.optional(),
          embedding: EmbeddingSchema.optional(),
          error: ProblemSchema.optional().openapi({ description: 'Why this picture has no answer.' }),
        }),
      )
      .openapi({ description: 'One result a picture, in their order.' }),
    requestId: z.string(),
  })
  .openapi('TagBatchResponse');

const binary = { schema: z.string().openapi({ format: 'binary' }) };

export const tagRoute = createRoute({
  method: 'post',
  path: '/v1/tag',
  operationId: 'tag',
  tags: ['tag'],
  summary: 'Tag a picture',
  description: `JPEG, PNG, WebP or the first picture of a GIF, at most ${MAX_IMAGE_BYTES} bytes; which it is is told by its content. Scores of an attribute sum to 1 over all its labels; a picture of nothing that the pack knows gets \`other\`. A form with one part \`image\` is answered like a bare picture, one with parts \`images\` by a list of results.`,
  security: SECURITY,
  request: {
    query: TagQuerySchema,
    body: {
      required: true,
      content: {
        'application/json': { schema: TagJsonSchema },
        'multipart/form-data': { schema: TagFormSchema },
        'image/jpeg': binary,
        'image/png': binary,
        'image/webp': binary,
        'image/gif': binary,
        'application/octet-stream': binary,
      },
    },
  },
  responses: {
    200: jsonContent('Tags and what the picture is like.', z.union([TagResponseSchema, TagBatchResponseSchema])),
    ...problemResponses(404, 413, 415, 422, 500),
  },
});

/** Parameters of a Hugging Face Inference call that mean something here; others are ignored, as there. */
export const HuggingFaceRequestSchema = z
  .object({
    inputs: z.string().min(1).openapi({ description: 'The file in base64.' }),
    parameters: z.object({ top_k: z.int().min(1).max(1000).nullish() }).nullish(),
  })
  .openapi('HuggingFaceImageClassificationRequest');

export const HuggingFaceParamsSchema = z.object({ model: ModelSchema });

export const HuggingFaceAnswerSchema = z.array(z.object({ label: z.string(), score: z.number() }));

export const huggingFaceRoute = createRoute({
  method: 'post',
  path: '/hf/image-classification/{model}',
  operationId: 'huggingFaceImageClassification',
  tags: ['tag'],
  summary: 'Tag a picture, in the shape of the Hugging Face Inference API',
  description:
    'For present clients: set `endpointUrl`. Without `top_k`, five labels are given. Labels of packs with several attributes read `attribute: label`.',
  security: SECURITY,
  request: {
    params: HuggingFaceParamsSchema,
    body: {
      required: true,
      content: {
        'application/octet-stream': binary,
        'image/jpeg': binary,
        'application/json': { schema: HuggingFaceRequestSchema },
      },
    },
  },
  responses: { 200: jsonContent('Labels, best first.', HuggingFaceAnswerSchema), ...errorResponses(400, 415) },
});

export type TagParameters = z.infer<typeof TagFieldsSchema>;
export type Tag = z.infer<typeof TagSchema>;
export type TagResponse = z.infer<typeof TagResponseSchema>;
export type TagBatchResponse = z.infer<typeof TagBatchResponseSchema>;
export type ImageDescription = z.infer<typeof ImageDescriptionSchema>;
export type HuggingFaceAnswer = z.infer<typeof HuggingFaceAnswerSchema>;
