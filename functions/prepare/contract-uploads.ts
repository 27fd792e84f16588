import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';

/** Bytes of one part: what a Worker's platform takes in one request. An AWS Lambda takes 6 MB, 4.5 of them binary. */
export const MAX_PART_BYTES = 100 * 1024 * 1024;
export const MAX_PARTS = 10_000;
/** Bytes of all parts together. */
export const MAX_UPLOAD_BYTES = 4 * 1024 * 1024 * 1024;
/** Unfinished uploads are deleted after so long, finished ones too. */
export const UPLOAD_DAYS = 7;

export const UploadRequestSchema = z
  .strictObject({
    fileName: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .openapi({ description: 'For people; the content says what it is.' }),
  })
  .extend({
    url: z.string().max(2_048).optional().openapi({
      description:
        'Fetched from there, without any part being sent: an https address of a host that the operator allows.',
    }),
  })
  .openapi('UploadRequest', { example: { fileName: 'reviews.csv' } });

export const UploadParamsSchema = z.object({ id: z.uuid() });
export const UploadPartParamsSchema = z.object({ id: z.uuid(), part: z.coerce.number().int().min(1).max(MAX_PARTS) });

export const UploadSchema = z
  .object({
    uploadId: z.string(),
    status: z.enum(['open', 'downloading', 'finished', 'failed']),
    fileName: z.string().optional(),
    url: z.string().optional(),
    reason: z.string().optional().openapi({ description: 'Why a download failed.' }),
    parts: z
      .array(z.object({ part: z.int(), sizeBytes: z.int() }))
      .openapi({ description: 'Those that have arrived.' }),
    sizeBytes: z.int(),
    expiresAt: z.string().openapi({ description: 'The upload is deleted then; datasets made of it stay.' }),
    requestId: z.string(),
  })
  .openapi('Upload');

const upload = jsonContent('What has arrived so far.', UploadSchema);
const file = { schema: { type: 'string' as const, format: 'binary' } };
const tags = ['prepare'];

export const beginUploadRoute = createRoute({
  method: 'post',
  path: '/v1/uploads',
  operationId: 'beginUpload',
  tags,
  summary: 'Begin to upload a file',
  description:
    'PUT its parts, then finish it, then make a dataset of it. With an address the file is fetched: ask for the upload until it is finished.',
  security: SECURITY,
  request: { body: { required: true, content: { 'application/json': { schema: UploadRequestSchema } } } },
  responses: { 201: upload, ...problemResponses(413, 422, 500) },
});

export const uploadPartRoute = createRoute({
  method: 'put',
  path: '/v1/uploads/{id}/parts/{part}',
  operationId: 'putUploadPart',
  tags,
  summary: 'Send a part of a file',
  description:
    'Parts are numbered from 1, may be cut anywhere and come in any order; one that is sent again replaces what came before. Without Content-Length a part may have 16 MB. Through AWS Lambda a part may have 4.5 MB.',
  security: SECURITY,
  request: { params: UploadPartParamsSchema, body: { required: true, content: { 'application/octet-stream': file } } },
  responses: {
    200: jsonContent('The part is kept.', z.object({ uploadId: z.string(), part: z.int(), requestId: z.string() })),
    ...problemResponses(404, 409, 413, 422, 500),
  },
});

export const finishUploadRoute = createRoute({
  method: 'post',
  path: '/v1/uploads/{id}/finish',
  operationId: 'finishUpload',
  tags,
  summary: 'End an upload after its last part',
  description: 'Of a download that came to a stop: it goes on.',
  security: SECURITY,
  request: { params: UploadParamsSchema },
  responses: { 200: upload, ...problemResponses(404, 409, 422, 500) },
});

export const showUploadRoute = createRoute({
  method: 'get',
  path: '/v1/uploads/{id}',
  operationId: 'showUpload',
  tags,
  summary: 'Which parts of a file have arrived',
  security: SECURITY,
  request: { params: UploadParamsSchema },
  responses: { 200: upload, ...problemResponses(404, 500) },
});

export type UploadRequest = z.infer<typeof UploadRequestSchema>;
export type UploadAnswer = z.infer<typeof UploadSchema>;
