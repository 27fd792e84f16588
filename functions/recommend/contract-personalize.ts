import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { IdSchema, jsonBody, MAX_CANDIDATES, MAX_K } from './contract-request.ts';

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
  request: jsonBody(PersonalizeRequestSchema),
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
  request: jsonBody(PersonalizeRankingRequestSchema),
  responses: {
    200: jsonContent('The items, the best first.', PersonalizeRankingResponseSchema),
    ...problemResponses(404, 413, 422, 500),
  },
});

export type PersonalizeRequest = z.infer<typeof PersonalizeRequestSchema>;
export type PersonalizeResponse = z.infer<typeof PersonalizeResponseSchema>;
export type PersonalizeRankingRequest = z.infer<typeof PersonalizeRankingRequestSchema>;
export type PersonalizeRankingResponse = z.infer<typeof PersonalizeRankingResponseSchema>;
