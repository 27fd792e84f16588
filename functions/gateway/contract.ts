import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent } from '../../shared/http/contract.ts';

/** Which function answers which path: the longest matching prefix wins, whole segments only. */
export const ROUTES = [
  { prefix: '/v1/classify', to: 'classify' },
  { prefix: '/hf/text-classification', to: 'classify' },
  { prefix: '/v1/tag', to: 'tag' },
  { prefix: '/hf/image-classification', to: 'tag' },
  { prefix: '/v1/recommend', to: 'recommend' },
  { prefix: '/personalize', to: 'recommend' },
  { prefix: '/v1/rebuild', to: 'rebuild' },
  { prefix: '/v1/models', to: 'models' },
  { prefix: '/v2', to: 'infer' },
  { prefix: '/v1/events', to: 'collect' },
  { prefix: '/v1/items', to: 'collect' },
  { prefix: '/v1/users', to: 'collect' },
  { prefix: '/v1/feedback', to: 'collect' },
  { prefix: '/v1/imports', to: 'collect' },
  { prefix: '/v1/policy', to: 'collect' },
  { prefix: '/v1/evaluate', to: 'evaluate' },
  { prefix: '/v1/train', to: 'train' },
  { prefix: '/v1/uploads', to: 'prepare' },
  { prefix: '/v1/datasets', to: 'prepare' },
] as const;

export type FunctionName = (typeof ROUTES)[number]['to'];

export const FUNCTION_NAMES: readonly FunctionName[] = [...new Set(ROUTES.map((route) => route.to))];

export const HealthSchema = z
  .object({
    status: z.enum(['ready', 'not ready']),
    functions: z.record(z.string(), z.boolean()).openapi({ description: 'Each function and whether it can serve.' }),
  })
  .openapi('Health');

export const readyRoute = createRoute({
  method: 'get',
  path: '/health/ready',
  operationId: 'ready',
  tags: ['gateway'],
  summary: 'Whether every function can serve',
  responses: {
    200: jsonContent('All can.', HealthSchema),
    503: jsonContent('Some cannot.', HealthSchema),
  },
});

export const liveRoute = createRoute({
  method: 'get',
  path: '/health/live',
  operationId: 'live',
  tags: ['gateway'],
  summary: 'Whether the gateway runs',
  responses: { 200: jsonContent('It does.', z.object({ status: z.literal('live') })) },
});
