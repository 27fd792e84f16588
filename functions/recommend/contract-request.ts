import { z } from '@hono/zod-openapi';
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

export const ModelSchema = z
  .string()
  .min(1)
  .max(128)
  .openapi({
    example: 'retail',
    description: `\`name\` (its production alias), \`name@version\`, \`name@alias\`, or the name of an A/B definition of yours. "${DEFAULT_MODEL}" unless told.`,
  });
export const IdSchema = z.string().min(1).max(MAX_ID_CHARACTERS).openapi({ example: '85123A' });
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
export const fields = {
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

/** A request whose body is JSON of this schema. */
export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

export type Filter = z.infer<typeof FilterSchema>;
