import { createRoute, z } from '@hono/zod-openapi';
import { PolicySchema } from '../../shared/customer/policy.ts';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { IdempotencyHeadersSchema } from './contract-headers.ts';

export const MAX_POLICY_BODY_BYTES = 16 * 1024;

const { requireConsent, redact, keyVersion } = PolicySchema.shape;

const fields = {
  requireConsent: requireConsent.describe(
    'What becomes of events that do not say `"consent": true`: `refuse` takes none of them, `anonymise` keeps them without identity. Absent: all are taken.',
  ),
  redact: redact.describe('Whether e-mail addresses, phone and card numbers are taken out of texts.'),
  keyVersion: keyVersion.describe(
    "Version of the pseudonyms' secret; while another is in use, nothing is taken. Absent: any will do.",
  ),
};

const RevisionSchema = z
  .string()
  .min(1)
  .max(128)
  .nullable()
  .openapi({ description: 'Another one after each change; null while none is stored and the defaults hold.' });

export const PolicyRequestSchema = z
  .object({
    ...fields,
    revision: RevisionSchema.optional().openapi({
      description: 'Of the policy that this one replaces. null or absent: there must be none yet.',
    }),
  })
  .strict()
  .openapi('PolicyRequest', { example: { requireConsent: 'anonymise', redact: true } });

export const PolicyResponseSchema = z
  .object({ ...fields, revision: RevisionSchema, requestId: z.string() })
  .openapi('Policy');

const shared = { tags: ['collect'], path: '/v1/policy', security: SECURITY };

export const showPolicyRoute = createRoute({
  ...shared,
  method: 'get',
  operationId: 'showPolicy',
  summary: "What is done with your customers' data",
  description: 'As it is stored, or the defaults. Needs the scope `privacy`.',
  responses: { 200: jsonContent('The policy.', PolicyResponseSchema), ...problemResponses() },
});

export const putPolicyRoute = createRoute({
  ...shared,
  method: 'put',
  operationId: 'putPolicy',
  summary: "Say what is to be done with your customers' data",
  description:
    'Replaces the whole policy: what is not said has its default. A request that says what is stored already changes nothing. ' +
    'It holds for what is told from then on, at most 30 s later: each isolate keeps what it read that long. What is kept already stays as it is. ' +
    "The change is recorded with what held before, under the tenant's `privacy/records`. Needs the scope `privacy`.",
  request: {
    headers: IdempotencyHeadersSchema,
    body: { required: true, content: { 'application/json': { schema: PolicyRequestSchema } } },
  },
  responses: { 200: jsonContent('What holds now.', PolicyResponseSchema), ...problemResponses(409, 413, 422) },
});

export type PolicyRequest = z.infer<typeof PolicyRequestSchema>;
export type PolicyResponse = z.infer<typeof PolicyResponseSchema>;
