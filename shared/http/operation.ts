import type { RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Failure, Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import { StorageError } from '../ports/blob-store.ts';
import type { Principal } from '../ports/key-ring.ts';
import { authenticate } from './authenticate.ts';
import { parseJsonBytes, parseWith, readBody } from './body.ts';
import type { Caller } from './caller.ts';
import { type ErrorStyle, errorResponse } from './error-style.ts';
import type { App, HttpDeps } from './new-app.ts';
import { rateLimitHeaders } from './rate-limiter.ts';
import { describeError } from './request-log.ts';

/** Seconds after which a caller may try again when storage failed. */
const STORAGE_RETRY_SECONDS = 2;

export interface OperationOptions<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType> {
  /** From `createRoute`: method and path; its schemas document, the ones below parse. */
  readonly route: RouteConfig & { getRoutingPath(): string };
  readonly scope: string;
  readonly errors?: ErrorStyle;
  readonly body?: { readonly schema: B; readonly limitBytes: number };
  readonly params?: P;
  readonly query?: Q;
}

export interface Input<B, P, Q> {
  readonly body: B;
  readonly params: P;
  readonly query: Q;
}

/** What a handler answers: JSON for 200, or a failure for the one switch. */
export type Handler<B, P, Q> = (input: Input<B, P, Q>, caller: Caller) => Promise<Outcome<unknown>>;

/**
 * Mounts one operation: key and scope, rate limit, limits and schema, the handler, the problem document, the log line — in
 * this order, the same for every function.
 */
export function mount<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType>(
  app: App,
  deps: HttpDeps,
  options: OperationOptions<B, P, Q>,
  handler: Handler<z.output<B>, z.output<P>, z.output<Q>>,
): void {
  const style = options.errors ?? 'problem';
  const routingPath = options.route.getRoutingPath();
  app.on(options.route.method.toUpperCase(), routingPath, async function operation(c) {
    const requestId = incomingRequestId(c) ?? deps.newId();
    const headers: Record<string, string> = { 'x-request-id': requestId };
    const seen: { principal?: Principal } = {};
    const outcome = await answer(c, deps, options, handler, requestId, headers, seen);
    const response = outcome.ok
      ? new Response(JSON.stringify(outcome.value), { headers: { ...headers, 'content-type': 'application/json' } })
      : withHeaders(errorResponse(outcome.failure, style, requestId), headers);
    deps.log({
      event: 'request',
      requestId,
      method: c.req.method,
      route: options.route.path,
      status: response.status,
      ...(seen.principal ? { tenant: seen.principal.tenant, keyId: seen.principal.keyId } : {}),
      ...(outcome.ok ? {} : { failure: outcome.failure.kind }),
    });
    return response;
  });
}

async function answer<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType>(
  c: Context,
  deps: HttpDeps,
  options: OperationOptions<B, P, Q>,
  handler: Handler<z.output<B>, z.output<P>, z.output<Q>>,
  requestId: string,
  headers: Record<string, string>,
  seen: { principal?: Principal },
): Promise<Outcome<unknown>> {
  try {
    const authenticated = await authenticate(c.req.raw, deps.keyRing, options.scope);
    if (!authenticated.ok) return authenticated;
    const principal = authenticated.value;
    seen.principal = principal;
    const rate = deps.rateLimiter.take(principal.keyId, principal.requestsPerMinute);
    Object.assign(headers, rateLimitHeaders(rate));
    if (!rate.allowed) {
      const detail = `The limit of ${rate.limit} requests a minute is used up.`;
      return fail({ kind: 'rate-limited', detail, retryAfterSeconds: rate.resetSeconds });
    }
    const input = await parseInput(c, options);
    if (!input.ok) return input;
    return await handler(input.value, {
      tenant: principal.tenant,
      requestId,
      defer: (work) => deferWork(c, deps, work),
    });
  } catch (error) {
    deps.log({ event: 'incident', what: 'request failed', requestId, error: describeError(error) });
    return fail(toFailure(error));
  }
}

async function parseInput<B extends z.ZodType, P extends z.ZodType, Q extends z.ZodType>(
  c: Context,
  options: OperationOptions<B, P, Q>,
): Promise<Outcome<Input<z.output<B>, z.output<P>, z.output<Q>>>> {
  const params = options.params ? parseWith(options.params, c.req.param(), 'path') : ok(undefined);
  if (!params.ok) return params;
  const query = options.query ? parseWith(options.query, c.req.query(), 'query') : ok(undefined);
  if (!query.ok) return query;
  const body = options.body ? await parseBody(c, options.body) : ok(undefined);
  if (!body.ok) return body;
  const input = { params: params.value, query: query.value, body: body.value };
  return ok(input as Input<z.output<B>, z.output<P>, z.output<Q>>);
}

async function parseBody<B extends z.ZodType>(
  c: Context,
  body: { readonly schema: B; readonly limitBytes: number },
): Promise<Outcome<z.output<B>>> {
  const contentType = c.req.header('content-type');
  if (
    contentType !== undefined &&
    !/^(application\/([\w.+-]+\+)?json|text\/plain|application\/x-www-form-urlencoded)\b/i.test(contentType)
  ) {
    return fail({
      kind: 'unsupported-media-type',
      detail: `The body must be application/json, not ${contentType.slice(0, 100)}.`,
    });
  }
  const bytes = await readBody(c.req.raw, body.limitBytes);
  if (!bytes.ok) return bytes;
  const json = parseJsonBytes(bytes.value);
  return json.ok ? parseWith(body.schema, json.value, 'body') : json;
}

function toFailure(error: unknown): Failure {
  if (error instanceof StorageError) {
    const detail = 'Storage does not answer at the moment.';
    return { kind: 'unavailable', detail, retryAfterSeconds: STORAGE_RETRY_SECONDS };
  }
  return { kind: 'internal', detail: 'An unexpected error was logged under this request id.' };
}

function incomingRequestId(c: Context): string | undefined {
  const id = c.req.header('x-request-id');
  return id !== undefined && /^[A-Za-z0-9._-]{8,64}$/.test(id) ? id : undefined;
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  for (const name in headers) response.headers.set(name, headers[name] as string);
  return response;
}

/** Hands work to the platform, so that it goes on after the answer; its failure must not become an unhandled rejection. */
function deferWork(c: Context, deps: HttpDeps, work: Promise<unknown>): void {
  const guarded = work.catch((error: unknown) => {
    deps.log({ event: 'incident', what: 'background work failed', error: describeError(error) });
  });
  if (deps.background) deps.background(guarded);
  else c.executionCtx.waitUntil(guarded);
}
