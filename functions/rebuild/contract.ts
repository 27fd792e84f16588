import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';

export const RebuiltSchema = z
  .object({
    outcome: z.enum(['rebuilt', 'unchanged', 'superseded', 'nothing-to-learn']).openapi({
      description:
        'rebuilt: a new version serves. unchanged: nothing came that would change it. superseded: a trained pack serves, and stays. nothing-to-learn: no events yet.',
    }),
    model: z.object({ name: z.string(), version: z.string() }).nullable().openapi({ description: 'What serves now.' }),
    events: z.int().optional().openapi({ description: 'Events that a new version was learned from.' }),
    items: z.int().optional().openapi({ description: 'Items that it knows.' }),
    requestId: z.string(),
  })
  .openapi('Rebuilt');

export const rebuildRoute = createRoute({
  method: 'post',
  path: '/v1/rebuild',
  operationId: 'rebuildRecommender',
  tags: ['recommend'],
  summary: 'Learn the own recommender from your events, now',
  description:
    'Without a call it is done by the clock: a minute after the first events, then at most every ten minutes. Takes seconds; only one runs at a time. The model is named `own`.',
  security: SECURITY,
  responses: {
    200: jsonContent('What became of it.', RebuiltSchema),
    ...problemResponses(409, 500),
  },
});

export type RebuiltResponse = z.infer<typeof RebuiltSchema>;
