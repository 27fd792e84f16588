import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, ProblemSchema, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import {
  FilterSchema,
  fields,
  IdSchema,
  jsonBody,
  MAX_CANDIDATES,
  MAX_USERS,
  ModelSchema,
} from './contract-request.ts';

/** One of `users`: parsed one by one later, so that a bad one is answered with its own problem and fails no other. */
export const UserRequestSchema = z.object(fields).strict();

export const RecommendRequestSchema = UserRequestSchema.extend({
  users: z
    .array(z.unknown())
    .min(1, 'needs at least one user')
    .max(MAX_USERS, `takes at most ${MAX_USERS} users a call`)
    .optional()
    .openapi({
      type: 'array',
      items: { type: 'object' },
      minItems: 1,
      maxItems: MAX_USERS,
      description: `Up to ${MAX_USERS} users, each with the fields of this request except \`users\`; what one does not say is taken from here.`,
    }),
})
  .refine(({ users, userId, history }) => users === undefined || (userId === undefined && history === undefined), {
    path: ['users'],
    message: 'give either "users" or a "userId" or "history"',
  })
  .openapi('RecommendRequest', {
    example: {
      history: [{ itemId: '85123A', type: 'purchase', at: '2026-11-20T10:00:00Z' }, '22423'],
      model: 'retail',
      k: 3,
    },
  });

const ServedModelSchema = z.object({ name: z.string(), version: z.string() });

/** Why an item is in the list; each of them is true. */
const ReasonSchema = z
  .union([
    z.object({
      because: z.string().openapi({ description: 'An item of the history without which this score would be lower.' }),
      share: z.number().openapi({ description: 'Its part of all that speaks for the item, above 0 and up to 1.' }),
    }),
    z.object({
      popular: z.object({
        popularity: z.number().openapi({ description: 'Of the most popular item 1; what was long ago counts less.' }),
        category: z.string().optional().openapi({ description: 'The interest by which it was taken.' }),
      }),
    }),
    z.object({
      similarText: z
        .string()
        .openapi({ description: 'A known item that this one is like by its words; it lent its score.' }),
      similarity: z.number().openapi({ description: 'Cosine of their TF-IDF vectors.' }),
    }),
  ])
  .openapi('RecommendReason');

export const RecommendedItemSchema = z
  .object({
    itemId: z.string(),
    title: z.string().optional(),
    score: z.number().openapi({
      description:
        'To compare items of one answer; at most 0 for one that only fills up a personal list by its popularity.',
    }),
    reasons: z.array(ReasonSchema),
  })
  .openapi('RecommendedItem');

const IgnoredSchema = z
  .object({
    unknownItems: z.int().openapi({ description: 'Events of items that the model does not know.' }),
    weightlessEvents: z.int().optional().openapi({ description: "Events of types that the pack's weights leave out." }),
    unknownCandidates: z.int().optional().openapi({ description: 'Candidates that the model does not know.' }),
    olderItems: z.int().optional().openapi({ description: 'Items beyond the number that the pack reads, the oldest.' }),
  })
  .openapi('RecommendIgnored', { description: 'What of the request did not count.' });

const answerFields = {
  items: z.array(RecommendedItemSchema),
  model: ServedModelSchema,
  arm: z.string().nullable().openapi({ description: 'The arm of the A/B definition that was asked; else null.' }),
  recommendationId: z.string().openapi({
    example: 'r1~mha8k2p0~Kq3vX1bZ~retail~1.0.0~',
    description: 'Send it with the events that follow: it says model, version, arm and time.',
  }),
  ignored: IgnoredSchema,
  note: z.string().optional().openapi({ description: 'Why the list is empty, short or not personal.' }),
};

export const RecommendResponseSchema = z
  .object({ ...answerFields, requestId: z.string() })
  .openapi('RecommendResponse');

export const RecommendBatchResponseSchema = z
  .object({
    results: z
      .array(
        z.object({
          userId: z.string().optional(),
          ...z.object(answerFields).partial().shape,
          error: ProblemSchema.optional().openapi({ description: 'Why this user has no answer.' }),
        }),
      )
      .openapi({ description: 'One result a user, in their order.' }),
    requestId: z.string(),
  })
  .openapi('RecommendBatchResponse');

export const recommendRoute = createRoute({
  method: 'post',
  path: '/v1/recommend',
  operationId: 'recommend',
  tags: ['recommend'],
  summary: 'Recommend items to a user',
  description:
    'By what the user did: `history`, the profile that the events of `userId` made, or both. Who has no known history gets popular items. The 1,000 newest items of your catalogue that the model does not know are scored through the known items that their words are like.',
  security: SECURITY,
  request: jsonBody(RecommendRequestSchema),
  responses: {
    200: jsonContent('Items, the best first.', z.union([RecommendResponseSchema, RecommendBatchResponseSchema])),
    ...problemResponses(404, 413, 422, 500),
  },
});

export const SimilarRequestSchema = z
  .object({
    itemId: IdSchema.optional(),
    itemIds: z.array(IdSchema).min(1).max(100).optional(),
    model: ModelSchema.optional(),
    k: fields.k,
    filter: FilterSchema.optional(),
    exclude: fields.exclude,
  })
  .strict()
  .refine(({ itemId, itemIds }) => (itemId === undefined) !== (itemIds === undefined), {
    path: ['itemId'],
    message: 'give either "itemId" or "itemIds"',
  })
  .openapi('SimilarRequest', { example: { itemId: '85123A', model: 'retail', k: 3 } });

export const similarRoute = createRoute({
  method: 'post',
  path: '/v1/recommend/similar',
  operationId: 'recommendSimilar',
  tags: ['recommend'],
  summary: 'Items like these',
  description:
    'What goes with the items, by what customers did. For an item of your catalogue that the model does not know: the known items that its words are like.',
  security: SECURITY,
  request: jsonBody(SimilarRequestSchema),
  responses: {
    200: jsonContent('Items, the best first.', RecommendResponseSchema),
    ...problemResponses(404, 413, 422, 500),
  },
});

export const RankRequestSchema = z
  .object({
    userId: fields.userId,
    history: fields.history,
    candidates: z.array(IdSchema).min(1).max(MAX_CANDIDATES, `takes at most ${MAX_CANDIDATES} candidates`),
    model: ModelSchema.optional(),
    allowSeen: fields.allowSeen.openapi({
      description:
        'Whether candidates of the history are ordered by how often and how lately they were had, by packs that learned it; else as all others.',
    }),
    sessionWeight: fields.sessionWeight,
  })
  .strict()
  .openapi('RankRequest', { example: { history: ['85123A'], candidates: ['22423', '47566'], model: 'retail' } });

export const RankResponseSchema = RecommendResponseSchema.extend({
  items: z
    .array(RecommendedItemSchema.partial({ score: true }))
    .openapi({ description: 'All candidates, each once; those that the model does not know last, without a score.' }),
}).openapi('RankResponse');

export const rankRoute = createRoute({
  method: 'post',
  path: '/v1/recommend/rank',
  operationId: 'recommendRank',
  tags: ['recommend'],
  summary: 'Order these items for a user',
  description: 'Items of the history are ordered with the others. Without a known history: by popularity.',
  security: SECURITY,
  request: jsonBody(RankRequestSchema),
  responses: {
    200: jsonContent('The candidates, the best first.', RankResponseSchema),
    ...problemResponses(404, 413, 422, 500),
  },
});

export const RatingRequestSchema = z
  .object({
    userId: fields.userId,
    history: fields.history.openapi({
      description: 'Ratings that the user gave, as `value`; events without a value are not read.',
    }),
    itemIds: z.array(IdSchema).min(1).max(MAX_CANDIDATES, `takes at most ${MAX_CANDIDATES} items`),
    model: ModelSchema.optional(),
  })
  .strict()
  .openapi('RatingRequest', {
    example: {
      history: [
        { itemId: '50', value: 5 },
        { itemId: '172', value: 4 },
      ],
      itemIds: ['181'],
      model: 'film-ratings',
    },
  });

export const RatingResponseSchema = z
  .object({
    ratings: z
      .array(z.object({ itemId: z.string(), title: z.string().optional(), rating: z.number().nullable() }))
      .openapi({ description: 'In the order of `itemIds`; null for items that the model does not know.' }),
    model: ServedModelSchema,
    arm: answerFields.arm,
    recommendationId: answerFields.recommendationId,
    ignored: IgnoredSchema,
    note: z.string().optional().openapi({ description: 'Why the ratings are those of somebody unknown.' }),
    requestId: z.string(),
  })
  .openapi('RatingResponse');

export const ratingRoute = createRoute({
  method: 'post',
  path: '/v1/recommend/rating',
  operationId: 'recommendRating',
  tags: ['recommend'],
  summary: 'Predict what a user would rate',
  description:
    'By the ratings that the user gave, or for somebody unknown where there are none; the model must be made for the task `rating`.',
  security: SECURITY,
  request: jsonBody(RatingRequestSchema),
  responses: {
    200: jsonContent('A rating for each item.', RatingResponseSchema),
    ...problemResponses(404, 413, 422, 500),
  },
});

export type UserRequest = z.infer<typeof UserRequestSchema>;
export type RecommendRequest = z.infer<typeof RecommendRequestSchema>;
export type Recommendation = Omit<z.infer<typeof RecommendResponseSchema>, 'requestId'>;
export type RecommendResponse = z.infer<typeof RecommendResponseSchema>;
export type RecommendBatchResponse = z.infer<typeof RecommendBatchResponseSchema>;
export type RecommendedItem = z.infer<typeof RecommendedItemSchema>;
export type Reason = z.infer<typeof ReasonSchema>;
export type Ignored = z.infer<typeof IgnoredSchema>;
export type SimilarRequest = z.infer<typeof SimilarRequestSchema>;
export type RankRequest = z.infer<typeof RankRequestSchema>;
export type RankResponse = z.infer<typeof RankResponseSchema>;
export type RatingRequest = z.infer<typeof RatingRequestSchema>;
export type RatingResponse = z.infer<typeof RatingResponseSchema>;

export * from './contract-personalize.ts';
export { DEFAULT_MODEL, type Filter, type HistoryEntry, MAX_BODY_BYTES } from './contract-request.ts';
