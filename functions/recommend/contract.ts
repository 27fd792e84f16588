import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, ProblemSchema, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { OWN_RECOMMENDER } from '../../shared/model/own-recommender.ts';

/** Limits of one call, refused before work is done. */
export const MAX_K = 100;
export const MAX_HISTORY = 10_000;
export const MAX_CANDIDATES = 1_000;
export const MAX_USERS = 100;
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_ID_CHARACTERS = 256;
const MAX_LIST = 1_000;

/** The recommender that a request means which names none. */
export const DEFAULT_MODEL = OWN_RECOMMENDER;

const ModelSchema = z
  .string()
  .min(1)
  .max(128)
  .openapi({
    example: 'retail',
    description: `\`name\` (its production alias), \`name@version\`, \`name@alias\`, or the name of an A/B definition of yours. "${DEFAULT_MODEL}" unless told.`,
  });
const IdSchema = z.string().min(1).max(MAX_ID_CHARACTERS).openapi({ example: '85123A' });
const CategorySchema = z.string().min(1).max(200);
const UserIdSchema = IdSchema.openapi({
  example: 'customer-17850',
  description: 'As your events name the customer; only a keyed pseudonym of it is stored.',
});
/** One thing that the user did. */
const HistoryEventSchema = z
  .object({
    itemId: IdSchema,
    type: z.string().max(32).optional(),
    value: z.number().optional(),
    at: z.iso.datetime({ offset: true }).optional(),
  })
  .strict();

export type HistoryEntry = string | z.infer<typeof HistoryEventSchema>;

const idDocument = { type: 'string' as const, minLength: 1, maxLength: MAX_ID_CHARACTERS, example: '85123A' };

const historyEventDocument = {
  type: 'object' as const,
  required: ['itemId'],
  additionalProperties: false,
  properties: {
    itemId: idDocument,
    type: {
      type: 'string' as const,
      maxLength: 32,
      example: 'purchase',
      description: "Counts as the pack's `eventWeights` say, not at all where they don't; 1 without a type.",
    },
    value: { type: 'number' as const, description: 'The rating, for `/v1/recommend/rating`.' },
    at: {
      type: 'string' as const,
      format: 'date-time',
      example: '2026-11-20T10:00:00Z',
      description: 'When it was; now unless told, and where it is later.',
    },
  },
};

/** Read by hand, since nearly all entries are bare ids and there are many: a union of schemas takes a microsecond for each. */
const HistorySchema = z
  .unknown()
  .transform(readEntries)
  .openapi({
    type: 'array',
    maxItems: MAX_HISTORY,
    items: { oneOf: [idDocument, historyEventDocument] },
    description: 'What the user did, item ids or events; without times the newest first.',
  });

function readEntries(value: unknown, context: z.core.$RefinementCtx): HistoryEntry[] {
  const refuse = (path: PropertyKey[], message: string) =>
    context.issues.push({ code: 'custom', path, message, input: value });
  if (!Array.isArray(value)) {
    refuse([], 'must be a list of item ids or events');
    return z.NEVER;
  }
  if (value.length > MAX_HISTORY) {
    refuse([], `takes at most ${MAX_HISTORY} events`);
    return z.NEVER;
  }
  value.forEach((entry: unknown, at) => {
    if (typeof entry === 'string') {
      if (entry.length === 0 || entry.length > MAX_ID_CHARACTERS) {
        refuse([at], `must have 1 to ${MAX_ID_CHARACTERS} characters, not ${entry.length}`);
      }
      return;
    }
    const issues = HistoryEventSchema.safeParse(entry).error?.issues ?? [];
    for (const issue of issues) refuse([at, ...issue.path], issue.message);
  });
  return value;
}

const AttributeValueSchema = z.union([z.string().max(200), z.number(), z.boolean()]);

export const FilterSchema = z
  .object({
    categories: z
      .array(CategorySchema)
      .min(1)
      .max(100)
      .optional()
      .openapi({ description: 'Only items in at least one of these.' }),
    attributes: z
      .record(z.string().min(1).max(64), z.union([AttributeValueSchema, z.array(AttributeValueSchema).min(1).max(100)]))
      .optional()
      .openapi({
        example: { colour: ['red', 'blue'], organic: true },
        description:
          'Only items with each of these attributes, as your catalogue tells them; of a list one value is enough.',
      }),
    price: z
      .object({ min: z.number().optional(), max: z.number().optional() })
      .strict()
      .optional()
      .openapi({ description: 'Only items whose price is known and lies here, ends included.' }),
    includeUnavailable: z
      .boolean()
      .optional()
      .openapi({ description: 'Also items that your catalogue calls not available; they are left out otherwise.' }),
  })
  .strict()
  .openapi('RecommendFilter');

const RulesSchema = z
  .object({
    notBoughtWithinDays: z
      .number()
      .positive()
      .max(36_500)
      .optional()
      .openapi({ description: 'Leave out what the user bought (`purchase`) in so many days, even with `allowSeen`.' }),
    maxPerCategory: z
      .int()
      .min(1)
      .max(MAX_K)
      .optional()
      .openapi({ description: 'So many items of one category at most; items without a category are not bound.' }),
    alreadyMailed: z.array(IdSchema).max(MAX_LIST).optional().openapi({ description: 'Items to leave out.' }),
  })
  .strict()
  .openapi('RecommendRules');

/** What may be said of each user, or of all in one place. */
const fields = {
  userId: UserIdSchema.optional(),
  history: HistorySchema.optional(),
  model: ModelSchema.optional(),
  k: z
    .int()
    .min(1)
    .max(MAX_K)
    .optional()
    .openapi({ description: `How many items, the best first; 10 unless told, at most ${MAX_K}.` }),
  filter: FilterSchema.optional(),
  rules: RulesSchema.optional(),
  interests: z
    .array(CategorySchema)
    .max(100)
    .optional()
    .openapi({ description: 'Categories that popular items are taken from first, while no history is known.' }),
  exclude: z.array(IdSchema).max(MAX_LIST).optional().openapi({ description: 'Items to leave out.' }),
  allowSeen: z.boolean().optional().openapi({
    description:
      'Whether items of the history may come again; they are left out unless told. Packs that learned what is bought again rank them by count and recency, beside the popularity of all.',
  }),
  diversity: z.number().min(0).max(1).optional().openapi({
    description:
      'From 0 (by score alone, the default) to 1: maximal marginal relevance (Carbonell and Goldstein 1998). Two items are alike by the part of the history that speaks for them (cosine) and by their categories (Jaccard), the mean of both.',
  }),
  sessionWeight: z.number().min(0).max(100).optional().openapi({
    description:
      'How many times as much the present session counts, 1 unless told: with `userId` the `history` given here, else what happened in the last 30 minutes.',
  }),
  context: z
    .object({
      itemIds: z
        .array(IdSchema)
        .max(100)
        .optional()
        .openapi({ description: 'What the user looks at or has in the cart: counts 1 each, and is left out.' }),
    })
    .strict()
    .optional()
    .openapi({ description: 'Where the recommendation will be shown.' }),
};

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

const json = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

export const recommendRoute = createRoute({
  method: 'post',
  path: '/v1/recommend',
  operationId: 'recommend',
  tags: ['recommend'],
  summary: 'Recommend items to a user',
  description:
    'By what the user did: `history`, the profile that the events of `userId` made, or both. Who has no known history gets popular items. The 1,000 newest items of your catalogue that the model does not know are scored through the known items that their words are like.',
  security: SECURITY,
  request: json(RecommendRequestSchema),
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
  request: json(SimilarRequestSchema),
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
  request: json(RankRequestSchema),
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
    note: z.string().optional().openapi({ description: 'Why there are no ratings.' }),
    requestId: z.string(),
  })
  .openapi('RatingResponse');

export const ratingRoute = createRoute({
  method: 'post',
  path: '/v1/recommend/rating',
  operationId: 'recommendRating',
  tags: ['recommend'],
  summary: 'Predict what a user would rate',
  description: 'By the ratings that the user gave; the model must be made for the task `rating`.',
  security: SECURITY,
  request: json(RatingRequestSchema),
  responses: {
    200: jsonContent('A rating for each item.', RatingResponseSchema),
    ...problemResponses(404, 413, 422, 500),
  },
});

/** `arn:aws:personalize:eu-west-1:123:campaign/retail` means the model `retail`; a bare name is taken too. */
const ArnSchema = z.string().min(1).max(256);

export const PersonalizeRequestSchema = z
  .object({
    campaignArn: ArnSchema.optional(),
    recommenderArn: ArnSchema.optional(),
    userId: IdSchema.optional(),
    itemId: IdSchema.optional(),
    numResults: z.int().min(1).max(MAX_K).optional(),
    context: z.record(z.string(), z.string()).optional().openapi({ description: 'Accepted; not used.' }),
  })
  .strict()
  .refine(({ userId, itemId }) => userId !== undefined || itemId !== undefined, {
    path: ['userId'],
    message: 'give a "userId" or an "itemId"',
  })
  .openapi('PersonalizeRecommendationsRequest');

const PersonalizeListSchema = z.array(z.object({ itemId: z.string(), score: z.number().optional() }));

export const PersonalizeResponseSchema = z
  .object({ itemList: PersonalizeListSchema, recommendationId: z.string() })
  .openapi('PersonalizeRecommendations');

export const personalizeRoute = createRoute({
  method: 'post',
  path: '/personalize/recommendations',
  operationId: 'personalizeRecommendations',
  tags: ['recommend'],
  summary: "Recommend, in the shape of Amazon Personalize's GetRecommendations",
  description:
    'The name of the model is the last part of `campaignArn` or `recommenderArn`. With `itemId` alone: items like it. Filters are refused here rather than left out: use `/v1/recommend`. Authorization is by key as everywhere, not by AWS signature.',
  security: SECURITY,
  request: json(PersonalizeRequestSchema),
  responses: {
    200: jsonContent('Items, the best first.', PersonalizeResponseSchema),
    ...problemResponses(404, 413, 422, 500),
  },
});

export const PersonalizeRankingRequestSchema = z
  .object({
    campaignArn: ArnSchema.optional(),
    inputList: z.array(IdSchema).min(1).max(MAX_CANDIDATES),
    userId: IdSchema,
    context: z.record(z.string(), z.string()).optional().openapi({ description: 'Accepted; not used.' }),
  })
  .strict()
  .openapi('PersonalizeRankingRequest');

export const PersonalizeRankingResponseSchema = z
  .object({ personalizedRanking: PersonalizeListSchema, recommendationId: z.string() })
  .openapi('PersonalizeRanking');

export const personalizeRankingRoute = createRoute({
  method: 'post',
  path: '/personalize/personalize-ranking',
  operationId: 'personalizeRanking',
  tags: ['recommend'],
  summary: "Order items, in the shape of Amazon Personalize's GetPersonalizedRanking",
  description: 'As `/personalize/recommendations`.',
  security: SECURITY,
  request: json(PersonalizeRankingRequestSchema),
  responses: {
    200: jsonContent('The items, the best first.', PersonalizeRankingResponseSchema),
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
export type Filter = z.infer<typeof FilterSchema>;
export type SimilarRequest = z.infer<typeof SimilarRequestSchema>;
export type RankRequest = z.infer<typeof RankRequestSchema>;
export type RankResponse = z.infer<typeof RankResponseSchema>;
export type RatingRequest = z.infer<typeof RatingRequestSchema>;
export type RatingResponse = z.infer<typeof RatingResponseSchema>;
export type PersonalizeRequest = z.infer<typeof PersonalizeRequestSchema>;
export type PersonalizeResponse = z.infer<typeof PersonalizeResponseSchema>;
export type PersonalizeRankingRequest = z.infer<typeof PersonalizeRankingRequestSchema>;
export type PersonalizeRankingResponse = z.infer<typeof PersonalizeRankingResponseSchema>;
