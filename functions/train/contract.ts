import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { EpochSchema, TrainingReportSchema } from './answer.ts';
import { TrainRequestSchema } from './contract-request.ts';
import { EndReasonSchema, JobStateSchema, PromotionOutcomeSchema, RoundSchema } from './job.ts';
import { NotifiedSchema } from './notified-answer.ts';
import { SnsMessageSchema } from './sns-message.ts';

export const MAX_BODY_BYTES = 64 * 1024;
/** Jobs that one list shows, the newest. */
export const JOBS_SHOWN = 50;
/** Epochs that are shown of a job, the newest. */
export const EPOCHS_SHOWN = 500;

const JobSummarySchema = z.object({
  id: z.string(),
  state: JobStateSchema,
  reason: EndReasonSchema.nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  task: z.string(),
  dataset: z.object({ name: z.string(), version: z.string() }),
  pack: z.object({ name: z.string(), version: z.string() }),
});

export const JobSchema = z
  .object({
    ...JobSummarySchema.shape,
    request: TrainRequestSchema,
    isCancelling: z.boolean(),
    secondsSpent: z.number().openapi({ description: 'Of training, over all rounds that were answered.' }),
    secondsExpected: z.number().nullable().openapi({ description: 'Of the whole training, from its pace so far.' }),
    costUsd: z.number().nullable().openapi({ description: 'Of the seconds spent; null where no price is configured.' }),
    rounds: z.array(RoundSchema.omit({ place: true })),
    epochs: z
      .array(EpochSchema)
      .openapi({ description: `Of the round that runs or ran last, the newest ${EPOCHS_SHOWN}.` }),
    report: TrainingReportSchema.nullable(),
    promotion: PromotionOutcomeSchema.nullable(),
    requestId: z.string(),
  })
  .openapi('TrainingJob');

export const JobListSchema = z
  .object({ jobs: z.array(JobSummarySchema), requestId: z.string() })
  .openapi('TrainingJobList');

export const JobParamsSchema = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/, 'is not an id of a training job') });

export const ShowQuerySchema = z.object({
  format: z
    .enum(['json', 'svg'])
    .default('json')
    .openapi({ description: 'svg: the learning curves, of all runs over all rounds.' }),
});

const shared = { tags: ['train'], security: SECURITY };
const params = { params: JobParamsSchema };

export const startTrainingRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/train',
  operationId: 'startTraining',
  summary: 'Train a model on a dataset, on the GPU endpoint',
  request: { body: { required: true, content: { 'application/json': { schema: TrainRequestSchema } } } },
  responses: {
    202: jsonContent('It is under way: ask for it by its id.', JobSchema),
    ...problemResponses(404, 409, 413, 422, 501),
  },
});

export const listTrainingRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/train',
  operationId: 'listTraining',
  summary: `The newest ${JOBS_SHOWN} training jobs`,
  responses: { 200: jsonContent('The newest first.', JobListSchema), ...problemResponses() },
});

export const showTrainingRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v1/train/{id}',
  operationId: 'showTraining',
  summary: 'How far a training job is, or what came of it',
  request: { ...params, query: ShowQuerySchema },
  responses: {
    200: {
      description: 'The job, or its learning curves: loss and validation metric by epoch.',
      content: { 'application/json': { schema: JobSchema }, 'image/svg+xml': { schema: { type: 'string' as const } } },
    },
    ...problemResponses(404, 422),
  },
});

export const cancelTrainingRoute = createRoute({
  ...shared,
  method: 'delete',
  path: '/v1/train/{id}',
  operationId: 'cancelTraining',
  summary: 'Stop a training job; its last checkpoint stays',
  request: params,
  responses: { 200: jsonContent('The job.', JobSchema), ...problemResponses(404, 409, 422) },
});

export const retryTrainingRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v1/train/{id}/retry',
  operationId: 'retryTraining',
  summary: 'Go on with a job that failed or was stopped, from its last checkpoint',
  request: params,
  responses: { 202: jsonContent('The job.', JobSchema), ...problemResponses(404, 409, 422) },
});

const { 401: _, ...problems } = problemResponses(413, 422, 501);
const keylessProblems = {
  ...problems,
  403: { ...problems[403], description: 'The topic or the signature is not taken.' },
};

export const snsRoute = createRoute({
  tags: ['train'],
  security: [],
  method: 'post',
  path: '/v1/train/notifications/sns',
  operationId: 'takeTrainingNotification',
  summary: 'Where Amazon SNS tells that a round of training ended',
  description:
    'Takes no key: the message’s own signature is checked, and that its topic is one that the operator named. Subscriptions of such a topic are confirmed.',
  request: { body: { required: true, content: { 'text/plain': { schema: SnsMessageSchema } } } },
  responses: { 200: jsonContent('What was done.', NotifiedSchema), ...keylessProblems },
});

export type JobAnswer = z.infer<typeof JobSchema>;
export type JobList = z.infer<typeof JobListSchema>;
export type JobSummary = z.infer<typeof JobSummarySchema>;
