import { z } from '@hono/zod-openapi';

/** Schemas that several functions' contracts share. */
export const ProblemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:edgemark:problem:invalid-request' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
    limitBytes: z.int().optional(),
    limitPixels: z.int().optional(),
  })
  .openapi('Problem', { description: 'What went wrong, as RFC 9457 says.' });

export const ErrorSchema = z
  .object({ error: z.string() })
  .openapi('Error', { description: 'What went wrong, in the shape that the compatible client reads.' });

/** A response of JSON. */
export function jsonContent<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } };
}

/** The failures that every operation with a key can answer, as problem documents. */
export function problemResponses(...more: readonly (404 | 409 | 413 | 415 | 422 | 500 | 501)[]) {
  const response = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: ProblemSchema } },
  });
  const texts = {
    400: 'The body is not JSON or not UTF-8.',
    401: 'No key, or one that is unknown, revoked or expired.',
    403: 'The key lacks the scope.',
    404: 'There is no such model or version.',
    409: 'Somebody else was first.',
    413: 'The body is over the limit.',
    415: 'The content is of a kind that is not read.',
    422: 'A field is wrong; `errors` names it.',
    429: 'The quota of the key is used up; Retry-After says when to come back.',
    500: 'The model cannot be used, or an unexpected error was logged.',
    501: 'The operator did not set up what this needs; the detail says how.',
    503: 'Storage does not answer at the moment; Retry-After says when to come back.',
  } as const;
  const statuses = [400, 401, 403, ...more, 429, 503] as const;
  return Object.fromEntries(statuses.map((status) => [status, response(texts[status])]));
}

/** The same failures as `{"error": "…"}`. */
export function errorResponses(...statuses: readonly number[]) {
  const response = { description: 'What went wrong.', content: { 'application/json': { schema: ErrorSchema } } };
  return Object.fromEntries([401, 403, 404, 413, 422, 429, 500, ...statuses].map((status) => [status, response]));
}

export const SECURITY = [{ apiKey: [] }];
