import { createRoute, z } from '@hono/zod-openapi';
import {
  DATASET_KINDS,
  DatasetNameSchema,
  DatasetVersionSchema,
  SPLIT_NAMES,
} from '../../shared/dataset/dataset-manifest.ts';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { DatasetRequestSchema } from './contract-request.ts';
import { ReportSchema } from './report.ts';

export { DatasetRequestSchema } from './contract-request.ts';
export * from './contract-uploads.ts';

export const MAX_BODY_BYTES = 256 * 1024;
const MAX_SHOWN_ROWS = 100;

export const DatasetParamsSchema = z.object({ name: DatasetNameSchema });
export const VersionParamsSchema = z.object({ name: DatasetNameSchema, version: DatasetVersionSchema });
export const BuildParamsSchema = z.object({
  name: DatasetNameSchema,
  build: z.string().regex(/^[0-9a-f]{32}$/, 'is not the id of a build'),
});
export const DatasetQuerySchema = z.strictObject({
  version: DatasetVersionSchema.optional().openapi({ description: 'The newest otherwise.' }),
  format: z
    .enum(['json', 'html'])
    .default('json')
    .openapi({ description: 'html: the report as a page that needs nothing else.' }),
});
export const RowsQuerySchema = z.strictObject({
  version: DatasetVersionSchema.optional(),
  split: z.enum(SPLIT_NAMES).default('train'),
  limit: z.coerce.number().int().min(1).max(MAX_SHOWN_ROWS).default(20),
});

export const UnderstoodSchema = z
  .object({
    format: z.enum(['csv', 'ndjson']),
    encoding: z.string(),
    isGzipped: z.boolean(),
    delimiter: z.string().optional(),
    hasHeader: z.boolean(),
    found: z.array(z.string()).openapi({ description: 'Columns of the source.' }),
    columns: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .openapi({ description: 'What they are taken for.' }),
    examples: z
      .array(z.record(z.string(), z.unknown()))
      .openapi({ description: 'The first rows as they would be kept, before cleaning as a whole.' }),
  })
  .openapi('DatasetUnderstood', { description: 'How a source is read. Correct it by `columns` and `source`.' });

export const BuildSchema = z
  .object({
    name: z.string(),
    build: z.string().openapi({ description: 'Ask for it by GET /v1/datasets/{name}/builds/{build}.' }),
    status: z.enum(['running', 'done', 'failed']),
    step: z.enum(['scan', 'decide', 'write', 'finish']).optional().openapi({ description: 'While it runs.' }),
    rows: z.object({ read: z.int(), written: z.int() }),
    version: z.string().optional().openapi({ description: 'What came of it.' }),
    isNew: z
      .boolean()
      .optional()
      .openapi({ description: 'false: the rows are those of a version that was there already.' }),
    reason: z.string().optional().openapi({ description: 'Why it failed, and what can be done.' }),
    understood: UnderstoodSchema.optional(),
    createdAt: z.string(),
    requestId: z.string(),
  })
  .openapi('DatasetBuild');

const DryRunSchema = z
  .object({ status: z.literal('dry run'), understood: UnderstoodSchema.optional(), requestId: z.string() })
  .openapi('DatasetDryRun');

const VersionSchema = z.object({
  version: z.string(),
  createdAt: z.string(),
  kind: z.enum(DATASET_KINDS),
  rows: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  labels: z.int().openapi({ description: 'How many there are.' }),
});

export const DatasetSchema = z
  .object({
    name: z.string(),
    versions: z.array(VersionSchema).openapi({ description: 'The newest first, up to 50.' }),
    builds: z.array(
      z.object({ build: z.string(), status: z.enum(['running', 'failed']), reason: z.string().optional() }),
    ),
    report: ReportSchema.optional(),
    requestId: z.string(),
  })
  .openapi('Dataset');

export const DatasetListSchema = z
  .object({
    datasets: z.array(z.object({ name: z.string(), newest: VersionSchema.nullable() })),
    requestId: z.string(),
  })
  .openapi('DatasetList');

export const DatasetRowsSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    split: z.enum(SPLIT_NAMES),
    rows: z.array(z.record(z.string(), z.unknown())),
    requestId: z.string(),
  })
  .openapi('DatasetRows');

const tags = ['prepare'];

export const makeDatasetRoute = createRoute({
  method: 'post',
  path: '/v1/datasets',
  operationId: 'makeDataset',
  tags,
  summary: 'Make a version of a dataset',
  description:
    'Cleans and splits an upload, collected feedback or collected events into an immutable version. The same wish over the same source is made once.',
  security: SECURITY,
  request: { body: { required: true, content: { 'application/json': { schema: DatasetRequestSchema } } } },
  responses: {
    200: jsonContent('It was made before, or nothing is to be made.', z.union([BuildSchema, DryRunSchema])),
    202: jsonContent('It is under way: ask for the build.', BuildSchema),
    ...problemResponses(404, 409, 413, 422, 500),
  },
});

export const showBuildRoute = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/builds/{build}',
  operationId: 'showDatasetBuild',
  tags,
  summary: 'How far the making of a version is',
  security: SECURITY,
  request: { params: BuildParamsSchema },
  responses: { 200: jsonContent('How far it is.', BuildSchema), ...problemResponses(404, 500) },
});

export const listDatasetsRoute = createRoute({
  method: 'get',
  path: '/v1/datasets',
  operationId: 'listDatasets',
  tags,
  summary: 'All datasets',
  security: SECURITY,
  responses: { 200: jsonContent('Each with its newest version.', DatasetListSchema), ...problemResponses(500) },
});

export const showDatasetRoute = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}',
  operationId: 'showDataset',
  tags,
  summary: 'A dataset: its versions, and the report of one',
  security: SECURITY,
  request: { params: DatasetParamsSchema, query: DatasetQuerySchema },
  responses: {
    200: {
      description: 'Versions and report, as JSON or as a page.',
      content: { 'application/json': { schema: DatasetSchema }, 'text/html': { schema: { type: 'string' as const } } },
    },
    ...problemResponses(404, 422, 500),
  },
});

export const showRowsRoute = createRoute({
  method: 'get',
  path: '/v1/datasets/{name}/rows',
  operationId: 'showDatasetRows',
  tags,
  summary: 'The first rows of a split',
  security: SECURITY,
  request: { params: DatasetParamsSchema, query: RowsQuerySchema },
  responses: { 200: jsonContent('Rows as they are stored.', DatasetRowsSchema), ...problemResponses(404, 422, 500) },
});

export const deleteVersionRoute = createRoute({
  method: 'delete',
  path: '/v1/datasets/{name}/versions/{version}',
  operationId: 'deleteDatasetVersion',
  tags,
  summary: 'Delete a version of a dataset',
  security: SECURITY,
  request: { params: VersionParamsSchema },
  responses: {
    200: jsonContent(
      'It is gone.',
      z.object({ name: z.string(), version: z.string(), deletedAt: z.string(), requestId: z.string() }),
    ),
    ...problemResponses(404, 409, 422, 500),
  },
});

export type BuildAnswer = z.infer<typeof BuildSchema>;
export type Understood = z.infer<typeof UnderstoodSchema>;
export type DatasetQuery = z.infer<typeof DatasetQuerySchema>;
export type RowsQuery = z.infer<typeof RowsQuerySchema>;
export type DatasetAnswer = z.infer<typeof DatasetSchema>;
export type VersionAnswer = z.infer<typeof VersionSchema>;
