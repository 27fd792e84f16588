import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';

/** Bytes of a plan. */
export const MAX_PLAN_BYTES = 16 * 1024;
/** Arms of a plan, the control among them. */
const MAX_ARMS = 20;
const MAX_ROWS = 1e12;

const share = z.number().gt(0).lt(1);
const deviation = z.number().positive().max(1e12);

const OutcomeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('shares'),
      control: share.openapi({ description: 'Share of the control that converts: 0.02 is 2 %.', example: 0.02 }),
    }),
    z.strictObject({
      kind: z.literal('means'),
      deviation: deviation.openapi({ description: 'Standard deviation of a row of the control.', example: 12.5 }),
      treatmentDeviation: deviation
        .optional()
        .openapi({ description: 'The same of a treatment. Default: as the control.' }),
    }),
  ])
  .openapi('PlannedOutcome', { description: 'What is compared: two shares, or two means.' });

export const PowerRequestSchema = z
  .strictObject({
    outcome: OutcomeSchema,
    difference: z
      .number()
      .min(-1e12)
      .max(1e12)
      .refine((difference) => difference !== 0, 'must not be 0')
      .optional()
      .openapi({ description: 'Treatment less control, in shares or in the unit of the mean.', example: 0.004 }),
    rows: z.int().min(4).max(MAX_ROWS).optional().openapi({ description: 'Of all arms together.' }),
    power: z
      .number()
      .min(0.01)
      .max(0.9999)
      .optional()
      .openapi({ description: 'Chance of finding the difference where there is one; 0.8 is usual.', example: 0.8 }),
    alpha: z.number().min(1e-9).max(0.5).optional().openapi({
      description: 'Chance of finding one where there is none. Default 0.05 where it is not what is asked.',
    }),
    ratio: z
      .number()
      .min(0.001)
      .max(1_000)
      .default(1)
      .openapi({ description: 'Rows of each treatment for each of the control.' }),
    arms: z.int().min(2).max(MAX_ARMS).default(2).openapi({ description: 'The control and the treatments.' }),
    correction: z.enum(['holm', 'bonferroni', 'none']).default('holm').openapi({
      description:
        'With several treatments alpha holds for all comparisons together. Holm is planned as Bonferroni, which it never falls below.',
    }),
  })
  .openapi('PowerRequest', {
    description: 'Of difference, rows and power leave one out: it is the answer. With all three, alpha is.',
    example: { outcome: { kind: 'shares', control: 0.02 }, difference: 0.004, power: 0.8 },
  });

export const PowerAnswerSchema = z
  .object({
    summary: z.array(z.string()).openapi({ description: 'The answer as a sentence.' }),
    solved: z.enum(['difference', 'rows', 'power', 'alpha']).openapi({ description: 'Which of them is the answer.' }),
    difference: z.number(),
    rows: z.object({
      all: z.int(),
      control: z.int(),
      treatment: z.int().openapi({ description: 'Of each treatment.' }),
    }),
    power: z.number().openapi({ description: 'Reached by these whole rows: a little above what was asked for.' }),
    alpha: z.number(),
    alphaPerComparison: z.number(),
    comparisons: z.int(),
    requestId: z.string(),
  })
  .openapi('PowerAnswer');

export const powerRoute = createRoute({
  method: 'post',
  path: '/v1/evaluate/power',
  operationId: 'planTest',
  tags: ['evaluate'],
  summary: 'Plan a test: rows needed, power reached or the smallest difference found',
  description:
    'A two-sided test of shares or of means. Of difference, rows and power two are given; the third is the answer. With all three the level is.',
  security: SECURITY,
  request: { body: { required: true, content: { 'application/json': { schema: PowerRequestSchema } } } },
  responses: {
    200: jsonContent('The plan, its unknown filled in.', PowerAnswerSchema),
    ...problemResponses(413, 422, 500),
  },
});

export type PowerRequest = z.infer<typeof PowerRequestSchema>;
export type PowerAnswer = z.infer<typeof PowerAnswerSchema>;
