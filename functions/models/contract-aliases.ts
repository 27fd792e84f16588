import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { AliasMoveSchema, PRODUCTION_ALIAS } from '../../shared/model/alias.ts';
import { ModelAliasSchema, ModelVersionSchema } from '../../shared/model/manifest.ts';
import { ModelParamsSchema } from './contract.ts';

const wordsSchema = z.string().trim().min(1).max(500);

const AliasSchema = ModelAliasSchema.default(PRODUCTION_ALIAS).openapi({
  description: 'The name that moves; a bare model name means `production`.',
});
const said = {
  alias: AliasSchema,
  reason: wordsSchema.openapi({ description: 'Why; the history keeps it.' }),
  approvedBy: z.string().trim().min(1).max(200).optional().openapi({ description: 'The person who answers for it.' }),
  expected: ModelVersionSchema.nullable()
    .optional()
    .openapi({ description: 'What you saw serving, null for nothing of your own: 409 where another does by now.' }),
};

export const PromoteRequestSchema = z
  .strictObject({
    version: ModelVersionSchema,
    evaluation: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'is not an id of an evaluation')
      .optional()
      .openapi({
        description: 'The evaluation that speaks for it; it must be of this version, and its gates must hold.',
      }),
    force: z
      .strictObject({ reason: wordsSchema })
      .optional()
      .openapi({ description: 'Promote it without an evaluation, or although its gates failed.' }),
    ...said,
  })
  .openapi('PromoteRequest', {
    example: {
      version: '2.0.0',
      reason: 'learned what customers corrected in May',
      evaluation: '0123456789abcdef0123456789abcdef',
      approvedBy: 'Ada Byron',
    },
  });

export const RollbackRequestSchema = z
  .strictObject({
    to: ModelVersionSchema.optional().openapi({
      description: 'A version that served before. Otherwise the last move is undone.',
    }),
    ...said,
  })
  .openapi('RollbackRequest', { example: { reason: 'complaints about parcels are called praise' } });

const MoveSchema = AliasMoveSchema.omit({ schemaVersion: true }).openapi('AliasMove');

export const MovedSchema = z.object({ name: z.string(), ...MoveSchema.shape, requestId: z.string() }).openapi('Moved');

export const HistorySchema = z
  .object({
    name: z.string(),
    aliases: z.record(z.string(), z.string()).openapi({ description: 'What each alias names now.' }),
    moves: z.array(z.object({ move: z.int(), ...MoveSchema.shape })).openapi({ description: 'The newest first.' }),
    requestId: z.string(),
  })
  .openapi('ModelHistory');

const shared = { tags: ['models'], security: SECURITY };

export const historyRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/models/{name}/history',
  operationId: 'showModelHistory',
  summary: 'Which version served when, who moved it, and why',
  request: { params: ModelParamsSchema },
  responses: { 200: jsonContent('Every move of your aliases.', HistorySchema), ...problemResponses(404, 422, 500) },
});

export const promoteRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/models/{name}/promote',
  operationId: 'promoteModel',
  summary: 'Let a version serve, on the evidence of an evaluation',
  description:
    'Of your own models. All files of the version are read and verified before. It serves everywhere within 30 seconds.',
  request: {
    params: ModelParamsSchema,
    body: { required: true, content: { 'application/json': { schema: PromoteRequestSchema } } },
  },
  responses: { 200: jsonContent('The move.', MovedSchema), ...problemResponses(404, 409, 413, 422, 500) },
});

export const rollbackRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/models/{name}/rollback',
  operationId: 'rollBackModel',
  summary: 'Let the version serve again that served before',
  request: {
    params: ModelParamsSchema,
    body: { required: true, content: { 'application/json': { schema: RollbackRequestSchema } } },
  },
  responses: { 200: jsonContent('The move.', MovedSchema), ...problemResponses(404, 409, 413, 422, 500) },
});

export type PromoteRequest = z.infer<typeof PromoteRequestSchema>;
export type RollbackRequest = z.infer<typeof RollbackRequestSchema>;
export type Moved = z.infer<typeof MovedSchema>;
export type ModelHistory = z.infer<typeof HistorySchema>;
