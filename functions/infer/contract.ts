import { createRoute, z } from '@hono/zod-openapi';
import { errorResponses, jsonContent, SECURITY } from '../../shared/http/contract.ts';
import { ModelNameSchema, ModelVersionSchema } from '../../shared/model/manifest.ts';

/** Open Inference Protocol V2 over HTTP (github.com/kserve/open-inference-protocol, inference_rest.md). */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;
export const MAX_ELEMENTS = 1_000_000;

export const DatatypeSchema = z.enum([
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP32',
  'FP64',
]);

const ParametersSchema = z.record(z.string(), z.unknown()).optional();
const ShapeSchema = z.array(z.int().min(0)).max(8);

export const InferRequestSchema = z
  .object({
    id: z.string().max(256).optional(),
    parameters: ParametersSchema,
    inputs: z
      .array(
        z.object({
          name: z.string().min(1),
          shape: ShapeSchema,
          datatype: DatatypeSchema,
          parameters: ParametersSchema,
          data: z.array(z.unknown()).openapi({ description: 'Row-major, flat or nested.', items: {} }),
        }),
      )
      .min(1)
      .max(32),
    outputs: z.array(z.object({ name: z.string().min(1), parameters: ParametersSchema })).optional(),
  })
  .openapi('InferRequest', {
    example: {
      inputs: [
        { name: 'input_ids', shape: [1, 3], datatype: 'INT64', data: [5, 6, 7] },
        { name: 'attention_mask', shape: [1, 3], datatype: 'INT64', data: [1, 1, 1] },
      ],
    },
  });

export const InferResponseSchema = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string(),
    outputs: z.array(
      z.object({
        name: z.string(),
        shape: ShapeSchema,
        datatype: DatatypeSchema,
        data: z.array(z.union([z.number(), z.boolean(), z.null()])),
      }),
    ),
  })
  .openapi('InferResponse');

const TensorMetadataSchema = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) });

export const ModelMetadataSchema = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.literal('onnx_onnxv1'),
    inputs: z.array(TensorMetadataSchema),
    outputs: z.array(TensorMetadataSchema),
  })
  .openapi('ModelMetadata');

export const ServerMetadataSchema = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .openapi('ServerMetadata');

export const ModelParamsSchema = z.object({ model: ModelNameSchema });
export const VersionParamsSchema = z.object({ model: ModelNameSchema, version: ModelVersionSchema });

const shared = { tags: ['infer'], security: SECURITY };
const inferBody = { body: { required: true, content: { 'application/json': { schema: InferRequestSchema } } } };

export const serverRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v2',
  operationId: 'serverMetadata',
  summary: 'Open Inference Protocol: the server',
  responses: { 200: jsonContent('The server.', ServerMetadataSchema), ...errorResponses() },
});

export const modelRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v2/models/{model}',
  operationId: 'modelMetadata',
  summary: 'Open Inference Protocol: inputs and outputs of a model',
  request: { params: ModelParamsSchema },
  responses: { 200: jsonContent('The model.', ModelMetadataSchema), ...errorResponses() },
});

export const modelReadyRoute = createRoute({
  ...shared,
  method: 'get',
  path: '/v2/models/{model}/ready',
  operationId: 'modelReady',
  summary: 'Open Inference Protocol: whether a model can answer',
  request: { params: ModelParamsSchema },
  responses: {
    200: jsonContent('It can.', z.object({ name: z.string(), ready: z.literal(true) })),
    ...errorResponses(),
  },
});

export const inferRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v2/models/{model}/infer',
  operationId: 'infer',
  summary: 'Open Inference Protocol: run a model on raw tensors',
  request: { params: ModelParamsSchema, ...inferBody },
  responses: { 200: jsonContent('The outputs.', InferResponseSchema), ...errorResponses(400) },
});

export const inferVersionRoute = createRoute({
  ...shared,
  method: 'post',
  path: '/v2/models/{model}/versions/{version}/infer',
  operationId: 'inferVersion',
  summary: 'Open Inference Protocol: run one version of a model on raw tensors',
  request: { params: VersionParamsSchema, ...inferBody },
  responses: { 200: jsonContent('The outputs.', InferResponseSchema), ...errorResponses(400) },
});

export type InferRequest = z.infer<typeof InferRequestSchema>;
export type InferResponse = z.infer<typeof InferResponseSchema>;
export type ModelMetadata = z.infer<typeof ModelMetadataSchema>;
export type Datatype = z.infer<typeof DatatypeSchema>;
