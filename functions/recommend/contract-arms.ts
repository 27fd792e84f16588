import { createRoute, z } from '@hono/zod-openapi';
import { ArmListSchema, MAX_ARMS } from '../../shared/customer/arms.ts';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { ModelNameSchema } from '../../shared/model/manifest.ts';
import { jsonBody } from './contract-request.ts';

export const MAX_ARMS_BODY_BYTES = 64 * 1024;
/** Definitions that one page of the list reads. */
export const ARMS_A_PAGE = 50;

const TAKES_EFFECT = 'A change takes effect within 30 s: each isolate keeps what it read that long.';

const RevisionSchema = z.string().min(1).max(128);

export const ArmsParamsSchema = z.object({ name: ModelNameSchema });

export const ArmsRequestSchema = z
  .object({
    arms: ArmListSchema.describe(
      `1 to ${MAX_ARMS} arms of different names. Weights are relative; an arm of weight 0 gets nobody, some weight must be above 0. ` +
        'What a request itself says counts before the settings of its arm.',
    ),
    salt: z.string().max(128).optional().openapi({
      description:
        'Divides the users. Absent: the present one stays; a new definition has its name. Another one divides all anew.',
    }),
    revision: RevisionSchema.optional().openapi({
      description: 'Of the definition that this one replaces. Absent: there must be none of the name yet.',
    }),
  })
  .strict()
  .openapi('ArmsRequest', {
    example: {
      arms: [
        { name: 'control', weight: 50, model: 'retail@1.0.0' },
        { name: 'new', weight: 50, model: 'own', settings: { diversity: 0.3 } },
      ],
    },
  });

const DefinitionSchema = z
  .object({
    name: z.string(),
    revision: z.string().openapi({ description: 'Another one after each change.' }),
    arms: ArmListSchema.describe('In the order in which they divide the users.'),
    salt: z.string(),
  })
  .openapi('ArmsDefinition');

export const ArmsSchema = DefinitionSchema.extend({ requestId: z.string() }).openapi('Arms');

export const ArmsWrittenSchema = ArmsSchema.extend({
  moved: z.number().nullable().openapi({
    description:
      'Share of the users, 0 to 1, who get another arm than by the definition before; null where there was none.',
  }),
}).openapi('ArmsWritten');

export const ArmsListQuerySchema = z
  .object({ after: ModelNameSchema.optional().openapi({ description: '`next` of the page before.' }) })
  .strict();

export const ArmsListSchema = z
  .object({
    definitions: z.array(DefinitionSchema).openapi({ description: 'By name.' }),
    unreadable: z.array(z.string()).openapi({ description: 'Names whose object in storage is damaged.' }),
    next: z.string().optional().openapi({ description: 'Present while there is more: ask again with it as `after`.' }),
    requestId: z.string(),
  })
  .openapi('ArmsList');

export const ArmsDeleteQuerySchema = z
  .object({
    revision: RevisionSchema.optional().openapi({ description: 'Deletes this one only. Absent: whichever is there.' }),
  })
  .strict();

export const ArmsDeletedSchema = z
  .object({ name: z.string(), deletedAt: z.iso.datetime(), requestId: z.string() })
  .openapi('ArmsDeleted');

const shared = { tags: ['recommend'], security: SECURITY };

export const putArmsRoute = createRoute({
  ...shared,
  method: 'put',
  path: '/v1/recommend/arms/{name}',
  operationId: 'putArms',
  summary: 'Define an A/B experiment',
  description:
    'Puts arms behind a name that `model` may give; it comes before a model of the same name (`own` takes what names no model). All models must be there and of one task. ' +
    'A user is a point on a line that the arms cut by their weights, in their order: after a change of weights whoever does not lie between an old cut and the new one keeps the arm. Known arms keep their order, new ones come last; ' +
    `to end an arm without moving others more than needed, give it weight 0. \`moved\` says how many changed. A request that says what is stored already changes nothing. ${TAKES_EFFECT} Needs the scope \`recommend:write\`.`,
  request: { params: ArmsParamsSchema, ...jsonBody(ArmsRequestSchema) },
  responses: { 200: jsonContent('What holds now.', ArmsWrittenSchema), ...problemResponses(409, 413, 422) },
});

export const listArmsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/recommend/arms',
  operationId: 'listArms',
  summary: 'List the A/B experiments',
  description: `As they are stored, ${ARMS_A_PAGE} a page at most.`,
  request: { query: ArmsListQuerySchema },
  responses: { 200: jsonContent('Your definitions.', ArmsListSchema), ...problemResponses(422) },
});

export const showArmsRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/recommend/arms/{name}',
  operationId: 'showArms',
  summary: 'One A/B experiment',
  description: 'As it is stored.',
  request: { params: ArmsParamsSchema },
  responses: { 200: jsonContent('The definition.', ArmsSchema), ...problemResponses(404, 422, 500) },
});

export const deleteArmsRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/v1/recommend/arms/{name}',
  operationId: 'deleteArms',
  summary: 'End an A/B experiment',
  description: `The name then means a model of that name, if there is one. ${TAKES_EFFECT} Needs the scope \`recommend:write\`.`,
  request: { params: ArmsParamsSchema, query: ArmsDeleteQuerySchema },
  responses: { 200: jsonContent('It is deleted.', ArmsDeletedSchema), ...problemResponses(404, 409, 422) },
});

export type ArmsRequest = z.infer<typeof ArmsRequestSchema>;
export type Definition = z.infer<typeof DefinitionSchema>;
export type Arms = z.infer<typeof ArmsSchema>;
export type ArmsWritten = z.infer<typeof ArmsWrittenSchema>;
export type ArmsList = z.infer<typeof ArmsListSchema>;
export type ArmsListQuery = z.infer<typeof ArmsListQuerySchema>;
export type ArmsDeleted = z.infer<typeof ArmsDeletedSchema>;
