import { createRoute, z } from '@hono/zod-openapi';
import { jsonContent, problemResponses, SECURITY } from '../../shared/http/contract.ts';
import { FIELDS } from './import-mapping.ts';

/** Bytes of a file in one body, and of one part of a resumable import, as they are sent (compressed or not). */
export const MAX_IMPORT_BYTES = 100 * 1024 * 1024;
export const MAX_PART_BYTES = 16 * 1024 * 1024;
/** Bytes that a body may have when it is unpacked. */
export const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024;
/** Rejected rows that are named; the rest are counted by their reason. */
export const MAX_REJECTED_SHOWN = 50;

const MappingSchema = z
  .partialRecord(z.enum(FIELDS), z.string().min(1).max(256))
  .openapi({ description: 'Field → column. What is not said is guessed from the header.' });

const settings = {
  kind: z.enum(['orders', 'events', 'items']).optional().openapi({ description: 'Guessed from the header.' }),
  format: z.enum(['csv', 'ndjson']).optional().openapi({ description: 'Guessed from the media type or the content.' }),
  dateFormat: z
    .enum(['iso', 'mdy', 'dmy', 'unix-s', 'unix-ms'])
    .optional()
    .openapi({ description: 'How dates are written; without a zone they are in UTC. Guessed from the first rows.' }),
  encoding: z.enum(['utf-8', 'windows-1252']).default('utf-8'),
};

const CONSENT = 'Whether the customers of all rows agreed: needed where the tenant’s policy asks for consent.';

/** Settings of an import that begins with JSON. */
export const ImportSettingsSchema = z
  .object({ ...settings, mapping: MappingSchema.optional(), consent: z.boolean().optional().describe(CONSENT) })
  .strict()
  .openapi('ImportSettings', { example: { kind: 'orders', mapping: { userId: 'CustomerID' } } });

/** The same as a query, beside a file in the body. */
export const ImportQuerySchema = z
  .object({
    ...settings,
    mapping: z
      .string()
      .max(8_192)
      .optional()
      .openapi({ description: 'JSON of field → column, such as {"userId":"CustomerID"}.' }),
    consent: z.enum(['true', 'false']).optional().describe(CONSENT),
    dryRun: z
      .enum(['true', 'false'])
      .optional()
      .openapi({ description: 'true: nothing is kept; the answer shows how the file is understood.' }),
  })
  .strict();

const RejectedLineSchema = z.object({ line: z.int(), reason: z.string() });

export const ImportSchema = z
  .object({
    importId: z.string(),
    status: z.enum(['open', 'finished', 'dry run']),
    nextPart: z.int().openapi({ description: 'Of a resumable import: the number of the part to send next.' }),
    understood: z
      .object({
        kind: z.enum(['orders', 'events', 'items']),
        format: z.enum(['csv', 'ndjson']),
        delimiter: z.string().optional(),
        dateFormat: z.string(),
        columns: z.array(z.string()),
        mapping: z.record(z.string(), z.string()),
      })
      .nullable()
      .openapi({ description: 'How the file is read; null before its header came. Correct it by the settings.' }),
    rows: z.object({
      read: z.int(),
      accepted: z.int(),
      guests: z.int().openapi({ description: 'Accepted rows without a customer, kept without identity.' }),
      duplicates: z.int().openapi({ description: 'Rows that say the same as one close before.' }),
      rejected: z.int(),
    }),
    rejectedBy: z.record(z.string(), z.int()).openapi({ description: 'Rejected rows by their reason.' }),
    rejected: z.array(RejectedLineSchema).openapi({ description: `The first ${MAX_REJECTED_SHOWN} of them.` }),
    items: z.int().openapi({ description: 'Items told to the catalogue.' }),
    period: z.object({ from: z.string(), to: z.string() }).nullable().openapi({ description: 'Dates of the events.' }),
    examples: z.array(z.looseObject({})).optional().openapi({ description: 'Of a dry run: the first rows as events.' }),
    requestId: z.string(),
  })
  .openapi('Import');

const file = { schema: { type: 'string' as const, format: 'binary' } };
const imported = jsonContent('What was read and what was rejected.', ImportSchema);

export const importRoute = createRoute({
  method: 'post',
  path: '/v1/imports',
  operationId: 'importFile',
  tags: ['collect'],
  summary: 'Import orders, events or items of a file',
  description:
    'A body of CSV or NDJSON (gzip too) is imported as it streams in. A body of JSON settings begins a resumable import: PUT its parts in order, then finish it. Importing a file again changes nothing.',
  security: SECURITY,
  request: {
    query: ImportQuerySchema,
    body: {
      required: true,
      content: {
        'application/json': { schema: ImportSettingsSchema },
        'text/csv': file,
        'application/x-ndjson': file,
        'application/gzip': file,
      },
    },
  },
  responses: { 200: imported, ...problemResponses(413, 415, 422, 500) },
});

export const ImportParamsSchema = z.object({ id: z.uuid() });
export const ImportPartParamsSchema = z.object({ id: z.uuid(), part: z.coerce.number().int().min(1).max(1_000_000) });

export const importPartRoute = createRoute({
  method: 'put',
  path: '/v1/imports/{id}/parts/{part}',
  operationId: 'putImportPart',
  tags: ['collect'],
  summary: 'Send the next part of a file',
  description:
    'Parts may be cut anywhere and are sent in order, from 1; each may be gzipped by itself. A part that came before changes nothing.',
  security: SECURITY,
  request: {
    params: ImportPartParamsSchema,
    body: { required: true, content: { 'application/octet-stream': file, 'application/gzip': file } },
  },
  responses: { 200: imported, ...problemResponses(404, 409, 413, 422, 500) },
});

export const finishImportRoute = createRoute({
  method: 'post',
  path: '/v1/imports/{id}/finish',
  operationId: 'finishImport',
  tags: ['collect'],
  summary: 'End an import after its last part',
  security: SECURITY,
  request: { params: ImportParamsSchema },
  responses: { 200: imported, ...problemResponses(404, 409, 422, 500) },
});

export const showImportRoute = createRoute({
  method: 'get',
  path: '/v1/imports/{id}',
  operationId: 'showImport',
  tags: ['collect'],
  summary: 'How far an import is',
  security: SECURITY,
  request: { params: ImportParamsSchema },
  responses: { 200: imported, ...problemResponses(404, 500) },
});

export type ImportSettings = z.infer<typeof ImportSettingsSchema>;
export type ImportQuery = z.infer<typeof ImportQuerySchema>;
export type ImportAnswer = z.infer<typeof ImportSchema>;
