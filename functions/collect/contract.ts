import { createRoute, z } from '@hono/zod-openapi';
import { CatalogueItemSchema } from '../../shared/customer/catalogue.ts';
import { EventTypeSchema, ItemIdSchema, RecommendationIdSchema } from '../../shared/customer/event.ts';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { IdempotencyHeadersSchema } from './contract-headers.ts';

/** Limits of one call, refused before work is done. */
export const MAX_EVENTS = 500;
export const MAX_ITEMS = 500;
export const MAX_USERS = 500;
export const MAX_FEEDBACK = 500;
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Characters of an event's `properties` or a customer's `attributes` as JSON. */
export const MAX_PROPERTIES_CHARACTERS = 8_192;
/** Rows that one answer names as rejected; the rest are counted. */
export const MAX_REJECTED_NAMED = 500;

// Schemas of other modules may have been made before `.openapi` was there: they are described by `.describe`.

/** Ids that a shop knows its customers by: any text without control characters. */
export const UserIdSchema = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^\p{Cc}]+$/u, 'no control characters');

const MomentSchema = z.iso.datetime({ offset: true }).openapi({ example: '2026-11-24T10:15:00Z' });

const PropertiesSchema = z
  .record(z.string().min(1).max(64), z.unknown())
  .refine((properties) => JSON.stringify(properties).length <= MAX_PROPERTIES_CHARACTERS, {
    message: `has more than ${MAX_PROPERTIES_CHARACTERS} characters as JSON`,
  });

/** One event as a sender tells it. */
export const EventSchema = z
  .object({
    eventId: z
      .string()
      .min(1)
      .max(128)
      .openapi({ description: "The sender's own; an id that comes again is the same event." }),
    type: EventTypeSchema.describe(
      'view, click, like, dislike, cart, purchase, rating, share, follow, impression, or one of your own.',
    ),
    userId: UserIdSchema.nullable().openapi({
      description: 'Your own id of the customer; kept as a keyed pseudonym only. null: a guest, kept without identity.',
    }),
    itemId: ItemIdSchema,
    value: z.number().optional().openapi({ description: 'Rating, quantity or amount, as the type says.' }),
    at: MomentSchema.optional().openapi({ description: 'When it happened. Absent: now.' }),
    sessionId: z.string().min(1).max(256).optional(),
    recommendationId: RecommendationIdSchema.optional().describe('Of the answer that led to it.'),
    properties: PropertiesSchema.optional(),
    consent: z
      .boolean()
      .optional()
      .openapi({ description: "Whether the customer agreed; what holds without is the tenant's policy." }),
  })
  .strict()
  .openapi('Event');

/** Rows are parsed one by one later: a malformed one is named and fails no other. */
function rowsOf(name: string, max: number) {
  return z
    .array(z.unknown())
    .min(1, `needs at least one of the ${name}`)
    .max(max, `takes at most ${max} ${name} a call`);
}

/** What a well-formed body is, for the document. */
function rowsDocument<S extends z.ZodType>(row: S, max: number) {
  return z.array(row).min(1).max(max);
}

export const EventsRequestSchema = z.object({ events: rowsOf('events', MAX_EVENTS) }).strict();

const EventsDocument = z.object({ events: rowsDocument(EventSchema, MAX_EVENTS) }).openapi('EventsRequest', {
  example: {
    events: [
      { eventId: 'e-1001', type: 'view', userId: 'customer-7', itemId: '85123A' },
      { eventId: 'e-1002', type: 'purchase', userId: 'customer-7', itemId: '85123A', value: 2 },
    ],
  },
});

export const RejectedRowSchema = z.object({
  index: z.int().openapi({ description: 'Its place in the request, from 0.' }),
  id: z.string().optional(),
  reason: z.string(),
});

export const AcceptedSchema = z
  .object({
    accepted: z.int().openapi({ description: 'Rows that are kept durably.' }),
    duplicates: z.int().openapi({ description: 'Rows of the request that have the id of an earlier one.' }),
    rejected: z.array(RejectedRowSchema).openapi({ description: 'Rows that are not kept, and why.' }),
    requestId: z.string(),
  })
  .openapi('Accepted');

const accepted = jsonContent(
  'The rows are kept durably; they take effect within seconds. Rejected ones are named.',
  AcceptedSchema,
);

export const eventsRoute = createRoute({
  method: 'post',
  path: '/v1/events',
  operationId: 'collectEvents',
  tags: ['collect'],
  summary: 'Tell what customers did',
  description: 'Idempotent by eventId. Malformed events are named by their index, the others are taken.',
  security: SECURITY,
  request: {
    headers: IdempotencyHeadersSchema,
    body: { required: true, content: { 'application/json': { schema: EventsDocument } } },
  },
  responses: { 202: accepted, ...problemResponses(409, 413, 422, 500) },
});

export const ItemSchema = CatalogueItemSchema.strict().openapi('Item');

export const ItemsRequestSchema = z.object({ items: rowsOf('items', MAX_ITEMS) }).strict();

const ItemsDocument = z.object({ items: rowsDocument(ItemSchema, MAX_ITEMS) }).openapi('ItemsRequest', {
  example: {
    items: [
      { itemId: '85123A', title: 'White hanging heart T-light holder', categories: ['candles'], price: 2.55 },
      { itemId: '71053', title: 'White metal lantern', categories: ['candles'], price: 3.39, available: false },
    ],
  },
});

export const itemsRoute = createRoute({
  method: 'put',
  path: '/v1/items',
  operationId: 'putItems',
  tags: ['collect'],
  summary: 'Tell what is on offer',
  description: 'The newest word on an item replaces all that was said of it before; items that are not named stay.',
  security: SECURITY,
  request: {
    headers: IdempotencyHeadersSchema,
    body: { required: true, content: { 'application/json': { schema: ItemsDocument } } },
  },
  responses: { 202: accepted, ...problemResponses(409, 413, 422, 500) },
});

export const UserSchema = z
  .object({
    userId: UserIdSchema,
    attributes: PropertiesSchema.openapi({ description: 'What is known of the customer; texts are redacted.' }),
    consent: z.boolean().optional(),
  })
  .strict()
  .openapi('User');

export const UsersRequestSchema = z.object({ users: rowsOf('users', MAX_USERS) }).strict();

const UsersDocument = z
  .object({ users: rowsDocument(UserSchema, MAX_USERS) })
  .openapi('UsersRequest', { example: { users: [{ userId: 'customer-7', attributes: { country: 'FR' } }] } });

export const usersRoute = createRoute({
  method: 'put',
  path: '/v1/users',
  operationId: 'putUsers',
  tags: ['collect'],
  summary: 'Tell what is known of customers',
  description: 'The newest word on a customer replaces what was said before.',
  security: SECURITY,
  request: {
    headers: IdempotencyHeadersSchema,
    body: { required: true, content: { 'application/json': { schema: UsersDocument } } },
  },
  responses: { 202: accepted, ...problemResponses(409, 413, 422, 500) },
});

export const FeedbackSchema = z
  .object({
    feedbackId: z.string().min(1).max(128),
    function: z.enum(['classify', 'tag']),
    model: z.string().min(1).max(128).openapi({ example: 'sentiment@1.2.0' }),
    label: z.string().min(1).max(256).openapi({ description: 'The label that is right.' }),
    predicted: z.string().min(1).max(256).optional().openapi({ description: 'The label that was given.' }),
    attribute: z.string().min(1).max(64).optional().openapi({ description: 'Of a picture: what the label answers.' }),
    text: z.string().max(32_768).optional(),
    imageKey: z.string().max(1024).optional().openapi({ description: "A picture under the tenant's images." }),
    requestId: z.string().max(64).optional().openapi({ description: 'Of the prediction.' }),
    userId: UserIdSchema.optional().openapi({ description: 'Whose text or picture it is, so that it can be erased.' }),
    at: MomentSchema.optional(),
  })
  .strict()
  .refine((feedback) => feedback.text !== undefined || feedback.imageKey !== undefined, {
    path: ['text'],
    message: 'give the text or the imageKey that was predicted',
  })
  .openapi('Feedback');

export const FeedbackRequestSchema = z.object({ feedback: rowsOf('feedback rows', MAX_FEEDBACK) }).strict();

const FeedbackDocument = z.object({ feedback: rowsDocument(FeedbackSchema, MAX_FEEDBACK) }).openapi('FeedbackRequest', {
  example: {
    feedback: [
      { feedbackId: 'f-1', function: 'classify', model: 'sentiment', text: 'not bad at all', label: 'positive' },
    ],
  },
});

export const feedbackRoute = createRoute({
  method: 'post',
  path: '/v1/feedback',
  operationId: 'collectFeedback',
  tags: ['collect'],
  summary: "Tell a prediction's right label",
  description: 'Kept as rows to train and evaluate with.',
  security: SECURITY,
  request: {
    headers: IdempotencyHeadersSchema,
    body: { required: true, content: { 'application/json': { schema: FeedbackDocument } } },
  },
  responses: { 202: accepted, ...problemResponses(409, 413, 422, 500) },
});

export const ReportQuerySchema = z
  .object({ date: z.iso.date().openapi({ description: 'Day of arrival, UTC.', example: '2026-11-24' }) })
  .strict();

export const EventsReportSchema = z
  .object({
    date: z.string(),
    parts: z.int().openapi({ description: 'Parts of the day.' }),
    partsRead: z.int().openapi({ description: 'Fewer where a day is larger than one report reads.' }),
    events: z.int().openapi({ description: 'Distinct by eventId.' }),
    byType: z.record(z.string(), z.int()),
    customers: z.int(),
    withoutIdentity: z.int(),
    repeatedIds: z.int().openapi({ description: 'Stored lines whose eventId came before; they count once.' }),
    repeatedContent: z.int().openapi({ description: 'Other ids with the same customer, type, item and time.' }),
    bots: z
      .object({ customers: z.int(), events: z.int(), pseudonyms: z.array(z.string()) })
      .openapi({ description: 'Customers that act faster or more than people do, or call themselves robots.' }),
    clock: z
      .object({ ahead: z.int(), maxAheadSeconds: z.number(), late: z.int() })
      .openapi({ description: 'Events dated in the future (kept under the time of arrival), and a day late or more.' }),
    unknownItems: z
      .object({ events: z.int(), items: z.int(), itemIds: z.array(z.string()) })
      .nullable()
      .openapi({ description: 'Items that the catalogue does not have; null without a catalogue.' }),
    requestId: z.string(),
  })
  .openapi('EventsReport');

export const reportRoute = createRoute({
  method: 'get',
  path: '/v1/events/report',
  operationId: 'reportEvents',
  tags: ['collect'],
  summary: "Tell the quality of a day's events",
  description: 'By the day of arrival: robots, repetitions, wrong clocks, unknown items.',
  security: SECURITY,
  request: { query: ReportQuerySchema },
  responses: { 200: jsonContent('What the events look like.', EventsReportSchema), ...problemResponses(422, 500) },
});

export type EventsReport = z.infer<typeof EventsReportSchema>;

export const UserParamsSchema = z.object({ id: UserIdSchema });

const TrainedOnSchema = z
  .object({ kind: z.enum(['dataset', 'model']), name: z.string(), version: z.string() })
  .openapi('TrainedOn');

export const ErasureSchema = z
  .object({
    erasedAt: z.iso.datetime().openapi({ description: 'What happened or was told until then never counts again.' }),
    partsRewrittenBy: z.iso.datetime().openapi({ description: "By then the person's lines are out of all parts." }),
    trainedOn: z.array(TrainedOnSchema).openapi({
      description:
        "Data sets and models of the tenant that were made from customers' data, and may hold this person's.",
    }),
    requestId: z.string(),
  })
  .openapi('Erasure');

export const eraseUserRoute = createRoute({
  method: 'delete',
  path: '/v1/users/{id}',
  operationId: 'eraseUser',
  tags: ['collect'],
  summary: 'Erase a person',
  description:
    'The profile is empty at once. Events of before the erasure never count again, however late they are told; what the person does afterwards begins a new profile. The erasure is recorded.',
  security: SECURITY,
  request: { params: UserParamsSchema, headers: IdempotencyHeadersSchema },
  responses: { 200: jsonContent('The person is erased.', ErasureSchema), ...problemResponses(409, 422, 500) },
});

export const ExportQuerySchema = z
  .object({ cursor: z.string().max(512).optional().openapi({ description: '`next` of the page before.' }) })
  .strict();

const LineSchema = z.looseObject({ receivedAt: z.string() });

export const ExportSchema = z
  .object({
    pseudonym: z.string(),
    profile: z
      .looseObject({ events: z.record(z.string(), z.array(z.looseObject({ itemId: z.string() }))) })
      .optional()
      .openapi({ description: 'What recommendations are made from; on the first page.' }),
    lines: z.record(z.string(), z.array(LineSchema)).openapi({ description: 'Stored lines by their family.' }),
    next: z.string().optional().openapi({ description: 'Present while there is more: ask again with it as `cursor`.' }),
    requestId: z.string(),
  })
  .openapi('Export');

export const exportUserRoute = createRoute({
  method: 'get',
  path: '/v1/users/{id}/export',
  operationId: 'exportUser',
  tags: ['collect'],
  summary: "Give out a person's data",
  description: 'All that is stored under the pseudonym, in pages. The export is recorded.',
  security: SECURITY,
  request: { params: UserParamsSchema, query: ExportQuerySchema },
  responses: { 200: jsonContent('A page of it.', ExportSchema), ...problemResponses(422, 500) },
});

export type TrainedOn = z.infer<typeof TrainedOnSchema>;
export type Erasure = z.infer<typeof ErasureSchema>;
export type ExportQuery = z.infer<typeof ExportQuerySchema>;
export type Export = z.infer<typeof ExportSchema>;
export type EventsRequest = z.infer<typeof EventsRequestSchema>;
export type ItemsRequest = z.infer<typeof ItemsRequestSchema>;
export type UsersRequest = z.infer<typeof UsersRequestSchema>;
export type FeedbackRequest = z.infer<typeof FeedbackRequestSchema>;
export type SentEvent = z.infer<typeof EventSchema>;
export type Accepted = z.infer<typeof AcceptedSchema>;
export type RejectedRow = z.infer<typeof RejectedRowSchema>;

export * from './contract-imports.ts';
export * from './contract-policy.ts';
