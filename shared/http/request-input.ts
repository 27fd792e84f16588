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

/** A body of JSON, and how large it may be. */
export interface JsonBody<B> {
  readonly schema: z.ZodType<B>;
  readonly limitBytes: number;
}

/** A body of other media types than JSON: its own function reads it, within its own limits. */
export interface OtherBody<B> {
  readonly read: (request: Request, headers: Headers) => Promise<Outcome<B>>;
}

/** How the parts of an operation's input are read. */
export interface InputSchemas<B, P, Q> {
  readonly body?: JsonBody<B> | OtherBody<B>;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
}

/** Media types taken for JSON: what curl and fetch send by default when one forgets to say so is taken as well. */
const JSON_MEDIA_TYPE = /^(application\/([\w.+-]+\+)?json|text\/plain|application\/x-www-form-urlencoded)\b/i;

export async function parseInput<B, P, Q>(
  c: Context,
  headers: Headers,
  schemas: InputSchemas<B, P, Q>,
): Promise<Outcome<Input<B, P, Q>>> {
  const params = schemas.params ? parseWith(schemas.params, c.req.param(), 'path') : ok(undefined);
  if (!params.ok) return params;
  const query = schemas.query ? parseWith(schemas.query, c.req.query(), 'query') : ok(undefined);
  if (!query.ok) return query;
  const body = schemas.body ? await parseBody(c.req.raw, headers, schemas.body) : ok(undefined);
  if (!body.ok) return body;
  const input = { params: params.value, query: query.value, body: body.value };
  return ok(input as Input<B, P, Q>);
}

async function parseBody<B>(request: Request, headers: Headers, body: JsonBody<B> | OtherBody<B>): Promise<Outcome<B>> {
  if ('read' in body) return body.read(request, headers);
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
