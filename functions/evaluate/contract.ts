import { createRoute, z } from '@hono/zod-openapi';
import { SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { MAX_SLICE_COLUMNS } from '../../shared/metrics/slices/sliced-task.ts';
import { FairnessSchema, GatesSchema, GateVerdictSchema } from './contract-gates.ts';
import { predictions, SourceSchema } from './contract-source.ts';
import { SETTINGS_BY_TASK, TASK_NAMES } from './tasks.ts';

/** Bytes of a body of JSON. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Bytes of a file in the body, as it is sent: what a Worker's platform takes. */
export const MAX_FILE_BYTES = 100 * 1024 * 1024;
/** Bytes that one consumer reads: an object that is gzipped, or a piece of another, which takes a minute of CPU time at most. */
export const MAX_OBJECT_BYTES = 2 * 1024 * 1024 * 1024;
/**
 * Parts of one evaluation. Merging them is one consumer's work: at 8 MB of state a part, the most there is, 16 GB at some 200 MB/s, well within
 * the five minutes of CPU time that a Worker has.
 */
export const MAX_PARTS = 2_000;

const TaskSchema = z.enum(TASK_NAMES as [string, ...string[]]).openapi({
  description: 'What the rows are, which decides their columns, the figures and the settings.',
});
const ColumnNameSchema = z.string().min(1).max(256);
const ColumnsSchema = z.record(z.string(), ColumnNameSchema);
const SlicesSchema = z.array(ColumnNameSchema).max(MAX_SLICE_COLUMNS);
const MetricNamesSchema = z.array(z.string().min(1).max(64)).min(1).max(100);
const MaxRejectedSchema = z.int().min(0).max(1_000_000_000);
const DEFAULT_MAX_REJECTED = 1_000;

const MAX_REJECTED_HELP = 'More rejected rows than this are a refusal: the file is likely misunderstood.';
const METRICS_HELP = 'Only these figures; all otherwise.';
const SLICES_HELP = 'Columns by whose values everything is worked out again.';
const FAIRNESS_HELP =
  'Of task binary-classification: how evenly the groups of these columns are treated. They are sliced by as well.';
const GATES_HELP = 'What the figures must reach: answered as passed or failed, with reasons.';
const COLUMNS_HELP =
  'The task’s name of a column → the name that it has in the rows. What is not said is guessed and shown.';

export const IntervalsSchema = z
  .strictObject({
    method: z.enum(['none', 'bootstrap', 'analytic']).default('bootstrap'),
    level: z.number().min(0.5).max(0.999).default(0.95),
    seed: z.int().min(0).default(1),
    draws: z.int().min(100).max(10_000).default(1_000),
  })
  .openapi('Intervals', {
    description: 'How intervals are made: by resampling where that can be done, by formulas, or not at all.',
  });

/** What both a body of JSON and a query say. */
const settings = {
  metrics: MetricNamesSchema.optional().openapi({ description: METRICS_HELP }),
  slices: SlicesSchema.default([]).openapi({ description: SLICES_HELP }),
};

export const EvaluateRequestSchema = z
  .strictObject({
    task: TaskSchema,
    rows: z
      .array(z.unknown())
      .optional()
      .openapi({ description: 'The rows themselves, objects. Larger inputs: send a file as the body, or `source`.' }),
    source: SourceSchema.optional(),
    columns: ColumnsSchema.default({}).openapi({ description: COLUMNS_HELP }),
    settings: z
      .record(z.string(), z.unknown())
      .default({})
      .openapi({ description: 'Of the task; see `TaskSettings`.' }),
    intervals: IntervalsSchema.prefault({}),
    maxRejected: MaxRejectedSchema.default(DEFAULT_MAX_REJECTED).openapi({ description: MAX_REJECTED_HELP }),
    fairness: FairnessSchema.optional().openapi({ description: FAIRNESS_HELP }),
    gates: GatesSchema.optional().openapi({ description: GATES_HELP }),
    ...predictions,
    ...settings,
  })
  .refine((request) => (request.rows === undefined) !== (request.source === undefined), 'takes either rows or source')
  .refine(({ model, source }) => model === undefined || source?.dataset !== undefined, {
    path: ['model'],
    message: 'needs source.dataset: it is asked about the rows of a dataset',
  })
  .refine(({ model, compare }) => model !== undefined || compare === undefined, {
    path: ['compare'],
    message: 'needs model: the one that is compared',
  })
  .openapi('EvaluateRequest', {
    example: {
      task: 'binary-classification',
      rows: [
        { label: 1, score: 0.9 },
        { label: 0, score: 0.2 },
        { label: 1, score: 0.6 },
        { label: 0, score: 0.7 },
      ],
    },
  });

const listText = z.string().max(8_192);

/** How an answer is shown. */
const shown = {
  format: z.enum(['json', 'html', 'svg']).default('json').openapi({
    description: 'html: a report that needs nothing else; svg: one plot of it.',
  }),
  plot: z
    .string()
    .max(64)
    .optional()
    .openapi({ description: 'Which plot, with format=svg: a name of `curves`, such as roc.' }),
};

/** Beside a body of JSON only `format` and `plot` are read; beside a file these say what the body can't. */
export const EvaluateQuerySchema = z.strictObject({
  ...shown,
  task: TaskSchema.optional(),
  columns: listText.optional().openapi({ description: `JSON. ${COLUMNS_HELP}`, example: '{"label":"bought"}' }),
  settings: listText.optional().openapi({ description: 'JSON of the task’s settings.' }),
  intervals: listText.optional().openapi({ description: 'JSON, as in a body.' }),
  fairness: listText.optional().openapi({ description: `JSON, as in a body. ${FAIRNESS_HELP}` }),
  gates: listText.optional().openapi({ description: `JSON, as in a body. ${GATES_HELP}` }),
  metrics: listText.optional().openapi({ description: `${METRICS_HELP} With commas between them.` }),
  slices: listText.optional().openapi({ description: `${SLICES_HELP} With commas between them.` }),
  maxRejected: z.coerce.number().pipe(MaxRejectedSchema).optional().openapi({ description: MAX_REJECTED_HELP }),
});

export const ShowQuerySchema = z.strictObject({
  ...shown,
  metrics: listText.optional().openapi({ description: `${METRICS_HELP} With commas between them.` }),
});
export const ShowParamsSchema = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/, 'is not an id of an evaluation') });

const MetricSchema = z
  .object({
    value: z.number().nullable(),
    reason: z.string().optional().openapi({ description: 'Why there is no value.' }),
    interval: z.tuple([z.number(), z.number()]).optional(),
    intervalMethod: z.string().optional(),
    errorBound: z
      .number()
      .optional()
      .openapi({ description: 'Of a figure from a sketch: the true one is at most so far away.' }),
  })
  .openapi('Metric');
const MetricsSchema = z.record(z.string(), MetricSchema);

const TableSchema = z
  .object({
    title: z.string(),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  })
  .openapi('EvaluationTable');

const CurveSchema = z
  .object({
    title: z.string(),
    xLabel: z.string(),
    yLabel: z.string(),
    lines: z.array(
      z.object({
        name: z.string(),
        x: z.array(z.number()),
        y: z.array(z.number()),
        band: z.object({ lower: z.array(z.number()), upper: z.array(z.number()) }).optional(),
        isReference: z.boolean().optional(),
      }),
    ),
  })
  .openapi('EvaluationCurve');

const figures = {
  summary: z.array(z.string()).optional().openapi({ description: 'Sentences, the most important first.' }),
  metrics: MetricsSchema,
  tables: z.record(z.string(), TableSchema).optional(),
  curves: z.record(z.string(), CurveSchema).optional(),
  warnings: z.array(z.string()),
};

const SliceSchema = z.object({
  column: z.string(),
  values: z.array(z.object({ value: z.string(), rows: z.int(), evaluation: z.object(figures) })),
});

const EvaluatedModelSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    role: z.enum(['candidate', 'baseline']).openapi({ description: 'baseline: of `compare`.' }),
    manifestSha256: z.string().openapi({ description: 'Of the pack’s manifest, which has the digests of its files.' }),
    unknownLabels: z
      .object({ rows: z.int(), labels: z.record(z.string(), z.int()) })
      .openapi({ description: 'Rows whose label the model does not have, by label: it can only be wrong there.' }),
    evaluation: z
      .object({ ...figures, slices: z.array(SliceSchema).optional() })
      .optional()
      .openapi({ description: 'Of the baseline; the candidate’s is the answer itself.' }),
  })
  .openapi('EvaluatedModel');

export const EvaluationSchema = z
  .object({
    status: z.literal('done'),
    id: z.string().optional().openapi({ description: 'Of an evaluation of stored objects.' }),
    task: z.string(),
    ...figures,
    slices: z.array(SliceSchema).optional(),
    gates: GateVerdictSchema.optional(),
    models: z.array(EvaluatedModelSchema).optional().openapi({ description: 'Where models were asked.' }),
    comparison: z
      .object({ ...figures, slices: z.array(SliceSchema).optional() })
      .optional()
      .openapi({ description: 'Of both models on the same rows, as task comparison has it.' }),
    dataset: z.object({ name: z.string(), version: z.string(), split: z.enum(SPLIT_NAMES), rows: z.int() }).optional(),
    rows: z.object({
      read: z.int(),
      rejected: z.int(),
      firstRejected: z.array(z.object({ line: z.int(), reason: z.string(), key: z.string().optional() })),
    }),
    columns: z.record(z.string(), z.string()).openapi({ description: 'How the columns were understood.' }),
    settings: z.unknown().openapi({ description: 'Of the task, every one with its value.' }),
    intervals: IntervalsSchema,
    requestId: z.string(),
  })
  .openapi('Evaluation');

export const ProgressSchema = z
  .object({
    status: z.enum(['running', 'failed']),
    id: z.string(),
    parts: z.object({ done: z.int(), all: z.int() }),
    rows: z
      .object({ read: z.int() })
      .optional()
      .openapi({ description: 'While it is running: rows of the parts that are done, rejected ones included.' }),
    failures: z.array(z.object({ key: z.string(), reason: z.string() })).optional(),
    requestId: z.string(),
  })
  .openapi('EvaluationProgress');

export const DeletedSchema = z
  .object({ id: z.string(), deletedAt: z.iso.datetime(), requestId: z.string() })
  .openapi('EvaluationDeleted');

export const TaskSettingsSchema = z
  .object(Object.fromEntries(Object.entries(SETTINGS_BY_TASK).map(([name, schema]) => [name, schema.optional()])))
  .openapi('TaskSettings', { description: 'The settings that each task takes.' });

const file = { schema: { type: 'string' as const, format: 'binary' } };
const text = { schema: { type: 'string' as const } };
const done = {
  description: 'The figures, as JSON, as a report or as a plot.',
  content: { 'application/json': { schema: EvaluationSchema }, 'text/html': text, 'image/svg+xml': text },
};
const running = jsonContent('It is under way: ask for it by its id.', ProgressSchema);

export const evaluateRoute = createRoute({
  method: 'post',
  path: '/v1/evaluate',
  operationId: 'evaluate',
  tags: ['evaluate'],
  summary: 'Evaluate predictions, rankings or campaigns',
  description:
    'Rows in a body of JSON, a file of CSV or NDJSON (gzipped or not) as the body, read as it streams in, or stored objects. Settings of each task: the schema TaskSettings.',
  security: SECURITY,
  request: {
    query: EvaluateQuerySchema,
    body: {
      required: true,
      content: {
        'application/json': { schema: EvaluateRequestSchema },
        'text/csv': file,
        'application/x-ndjson': file,
        'application/gzip': file,
      },
    },
  },
  responses: { 200: done, 202: running, ...problemResponses(404, 413, 422, 500) },
});

export const showEvaluationRoute = createRoute({
  method: 'get',
  path: '/v1/evaluate/{id}',
  operationId: 'showEvaluation',
  tags: ['evaluate'],
  summary: 'An evaluation of stored objects, or how far it is',
  description:
    'It is kept for 30 days after it was begun. What gets lost on the way is queued again; where nothing helps, it ends as failed after some hours and says why.',
  security: SECURITY,
  request: { params: ShowParamsSchema, query: ShowQuerySchema },
  responses: { 200: done, 202: running, ...problemResponses(404, 422, 500) },
});

export const deleteEvaluationRoute = createRoute({
  method: 'delete',
  path: '/v1/evaluate/{id}',
  operationId: 'deleteEvaluation',
  tags: ['evaluate'],
  summary: 'Delete an evaluation of stored objects',
  description:
    'Also while it runs. The objects that it read stay. By itself an evaluation goes 30 days after it was begun; the same request begins it anew.',
  security: SECURITY,
  request: { params: ShowParamsSchema },
  responses: { 200: jsonContent('It is deleted.', DeletedSchema), ...problemResponses(404, 422, 500) },
});

export type EvaluateRequest = z.infer<typeof EvaluateRequestSchema>;
export type EvaluateQuery = z.infer<typeof EvaluateQuerySchema>;
export type ShowQuery = z.infer<typeof ShowQuerySchema>;
export type EvaluationAnswer = z.infer<typeof EvaluationSchema>;
export type ProgressAnswer = z.infer<typeof ProgressSchema>;
export type DeletedAnswer = z.infer<typeof DeletedSchema>;
