import type { Context } from 'hono';
import type { z } from 'zod';
import type { Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import { parseJsonBytes, parseWith, readBody } from './body.ts';

/** What a handler gets: path, query and body, each parsed by its schema (undefined without one). */
export interface Input<B, P, Q> {
  readonly body: B;
  readonly params: P;
  readonly query: Q;
}

/** The schemas of an operation's input, and how large its body may be. */
export interface InputSchemas<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType> {
  readonly body?: { readonly schema: B; readonly limitBytes: number };
  readonly params?: P;
  readonly query?: Q;
}

/** Media types taken for JSON: what curl and fetch send by default when one forgets to say so is taken as well. */
const JSON_MEDIA_TYPE = /^(application\/([\w.+-]+\+)?json|text\/plain|application\/x-www-form-urlencoded)\b/i;

export async function parseInput<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType>(
  c: Context,
  headers: Headers,
  schemas: InputSchemas<B, P, Q>,
): Promise<Outcome<Input<z.output<B>, z.output<P>, z.output<Q>>>> {
  const params = schemas.params ? parseWith(schemas.params, c.req.param(), 'path') : ok(undefined);
  if (!params.ok) return params;
  const query = schemas.query ? parseWith(schemas.query, c.req.query(), 'query') : ok(undefined);
  if (!query.ok) return query;
  const body = schemas.body ? await parseBody(c.req.raw, headers, schemas.body) : ok(undefined);
  if (!body.ok) return body;
  const input = { params: params.value, query: query.value, body: body.value };
  return ok(input as Input<z.output<B>, z.output<P>, z.output<Q>>);
}

async function parseBody<B extends z.ZodType>(
  request: Request,
  headers: Headers,
  body: { readonly schema: B; readonly limitBytes: number },
): Promise<Outcome<z.output<B>>> {
  const contentType = headers.get('content-type');
  if (contentType !== null && !JSON_MEDIA_TYPE.test(contentType)) {
    const detail = `The body must be application/json, not ${contentType.slice(0, 100)}.`;
    return fail({ kind: 'unsupported-media-type', detail });
  }
  const bytes = await readBody(request, headers, body.limitBytes);
  if (!bytes.ok) return bytes;
  const json = parseJsonBytes(bytes.value);
  return json.ok ? parseWith(body.schema, json.value, 'body') : json;
}
