import type { RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Failure, Outcome } from '../core/failure.ts';
import { fail, ok } from '../core/result.ts';
import { StorageError } from '../ports/blob-store.ts';
import { CoordinatorError } from '../ports/coordinator.ts';
import type { Principal } from '../ports/key-ring.ts';
import { QueueError } from '../ports/queue.ts';
import { authenticate, requireScopes } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { type ErrorStyle, errorResponse } from './error-style.ts';
import { type Idempotency, readIdempotencyKey } from './idempotency.ts';
import type { App, HttpDeps } from './new-app.ts';
import { type RateDecision, rateLimitHeaders } from './rate-limiter.ts';
import { type Input, type InputSchemas, parseInput } from './request-input.ts';
import { describeError } from './request-log.ts';

/** Seconds after which a caller may try again when storage failed. */
const STORAGE_RETRY_SECONDS = 2;

export interface OperationOptions<B, P, Q> extends InputSchemas<B, P, Q> {
  /** From `createRoute`: method and path; its schemas document, those of the input parse. */
  readonly route: RouteConfig & { getRoutingPath(): string };
  readonly scope: string;
  /** Scopes that the key must have besides, for what the input asks for. */
  readonly furtherScopes?: (input: Input<B, P, Q>) => readonly string[];
  /** @default 'problem' */
  readonly errors?: ErrorStyle;
  /** Of a good answer. @default 200 */
  readonly status?: 200 | 201 | 202;
  /** Of an operation that writes: an `Idempotency-Key` that comes again gets the first answer again. */
  readonly idempotency?: Idempotency;
}

/** A good answer that is no JSON, or has another status than the operation's. */
export class TextAnswer {
  readonly text: string;
  readonly mediaType: string;
  readonly status: 200 | 202;
  constructor(text: string, mediaType: string, status: 200 | 202 = 200) {
    this.text = text;
    this.mediaType = mediaType;
    this.status = status;
  }
}

/** What a handler answers: a value for JSON, a `TextAnswer`, or a failure for the one switch. */
export type Handler<B, P, Q> = (input: Input<B, P, Q>, caller: Caller) => Promise<Outcome<unknown>>;

/** What is learned of a request on its way, for its headers and its log line. */
interface Exchange {
  readonly requestId: string;
  readonly responseHeaders: Record<string, string>;
  principal?: Principal;
}

/**
 * Mounts one operation: key and scope, rate limit, limits and schema, the handler, the problem document, the log line — in
 * this order, the same for every function. Few platform objects (headers, URLs, clones) are made per request: workerd frees
 * them only in a full collection, which stops the isolate for the longer the more there are.
 */
export function mount<B, P, Q>(
  app: App,
  deps: HttpDeps,
  options: OperationOptions<B, P, Q>,
  handler: Handler<B, P, Q>,
): void {
  serve(app, deps, options, (c, headers, exchange) => answer(c, headers, deps, options, handler, exchange));
}

/** An operation that takes no key, since its callers have none: the handler itself finds out whether to believe them. */
export interface KeylessOptions<B, P, Q> extends Omit<OperationOptions<B, P, Q>, 'scope' | 'idempotency'> {
  /** Of all callers together, in this isolate. */
  readonly requestsPerMinute: number;
}

/** Mounts an operation without a key: rate limit, limits and schema, the handler, the problem document, the log line. */
export function mountKeyless<B, P, Q>(
  app: App,
  deps: HttpDeps,
  options: KeylessOptions<B, P, Q>,
  handler: (input: Input<B, P, Q>) => Promise<Outcome<unknown>>,
): void {
  serve(app, deps, options, async (c, headers) => {
    const rate = deps.rateLimiter.take(`keyless ${options.route.path}`, options.requestsPerMinute);
    if (!rate.allowed) return overLimit(rate);
    const input = await parseInput(c, headers, options);
    return input.ok ? handler(input.value) : input;
  });
}

function serve(
  app: App,
  deps: HttpDeps,
  options: Pick<OperationOptions<unknown, unknown, unknown>, 'route' | 'errors' | 'status'>,
  work: (c: Context, headers: Headers, exchange: Exchange) => Promise<Outcome<unknown>>,
): void {
  app.on(options.route.method.toUpperCase(), options.route.getRoutingPath(), async function operation(c) {
    deps.gauge.enter();
    try {
      const headers = c.req.raw.headers;
      const requestId = readRequestId(headers) ?? deps.newId();
      const exchange: Exchange = { requestId, responseHeaders: { 'x-request-id': requestId } };
      const outcome = await work(c, headers, exchange).catch((error: unknown) => afterError(deps, exchange, error));
      const response = respond(outcome, options, exchange);
      logRequest(deps, c.req.method, options.route.path, outcome, response.status, exchange);
      return response;
    } finally {
      deps.gauge.leave();
    }
  });
}

async function answer<B, P, Q>(
  c: Context,
  headers: Headers,
  deps: HttpDeps,
  options: OperationOptions<B, P, Q>,
  handler: Handler<B, P, Q>,
  exchange: Exchange,
): Promise<Outcome<unknown>> {
  const authenticated = await authenticate(headers, deps.keyRing, options.scope);
  if (!authenticated.ok) return authenticated;
  const principal = authenticated.value;
  exchange.principal = principal;
  const rate = deps.rateLimiter.take(principal.keyId, principal.requestsPerMinute);
  Object.assign(exchange.responseHeaders, rateLimitHeaders(rate));
  if (!rate.allowed) return overLimit(rate);
  const input = await parseInput(c, headers, options);
  if (!input.ok) return input;
  const allowed = requireScopes(principal, options.furtherScopes?.(input.value) ?? []);
  if (!allowed.ok) return allowed;
  const caller = {
    tenant: principal.tenant,
    keyId: principal.keyId,
    requestId: exchange.requestId,
    defer: (work: Promise<unknown>) => deferWork(c, deps, work),
  };
  const key = options.idempotency ? readIdempotencyKey(headers) : ok(undefined);
  if (!key.ok) return key;
  if (!options.idempotency || key.value === undefined) return await handler(input.value, caller);
  const request = { key: key.value, operation: options.route.operationId ?? options.route.path, input: input.value };
  return await options.idempotency.run(request, caller, () => handler(input.value, caller));
}

function overLimit({ limit, resetSeconds }: RateDecision): Outcome<never> {
  const detail = `The limit of ${limit} requests a minute is used up.`;
  return fail({ kind: 'rate-limited', detail, retryAfterSeconds: resetSeconds });
}

function afterError(deps: HttpDeps, { requestId }: Exchange, error: unknown): Outcome<never> {
  deps.log({ event: 'incident', what: 'request failed', requestId, error: describeError(error) });
  return fail(toFailure(error));
}

function respond(
  outcome: Outcome<unknown>,
  { errors = 'problem', status = 200 }: Pick<OperationOptions<unknown, unknown, unknown>, 'errors' | 'status'>,
  exchange: Exchange,
): Response {
  if (!outcome.ok) return errorResponse(outcome.failure, errors, exchange.requestId, exchange.responseHeaders);
  if (outcome.value instanceof TextAnswer) {
    const { text, mediaType, status: own } = outcome.value;
    exchange.responseHeaders['content-type'] = mediaType;
    return new Response(text, { status: own, headers: exchange.responseHeaders });
  }
  exchange.responseHeaders['content-type'] = 'application/json';
  return new Response(JSON.stringify(outcome.value), { status, headers: exchange.responseHeaders });
}

function logRequest(
  deps: HttpDeps,
  method: string,
  route: string,
  outcome: Outcome<unknown>,
  status: number,
  exchange: Exchange,
): void {
  deps.log({
    event: 'request',
    requestId: exchange.requestId,
    method,
    route,
    status,
    ...(exchange.principal ? { tenant: exchange.principal.tenant, keyId: exchange.principal.keyId } : {}),
    ...(outcome.ok ? {} : { failure: outcome.failure.kind }),
  });
}

function toFailure(error: unknown): Failure {
  if (error instanceof StorageError) {
    const detail = 'Storage does not answer at the moment.';
    return { kind: 'unavailable', detail, retryAfterSeconds: STORAGE_RETRY_SECONDS };
  }
  if (error instanceof CoordinatorError || error instanceof QueueError) {
    const detail = 'A service that this needs does not answer at the moment.';
    return { kind: 'unavailable', detail, retryAfterSeconds: STORAGE_RETRY_SECONDS };
  }
  return { kind: 'internal', detail: 'An unexpected error was logged under this request id.' };
}

/** The caller's own request id, if it has one that can be logged safely. */
function readRequestId(headers: Headers): string | undefined {
  const id = headers.get('x-request-id');
  return id !== null && /^[A-Za-z0-9._-]{8,64}$/.test(id) ? id : undefined;
}

/** Hands work to the platform, so that it goes on after the answer; its failure must not become an unhandled rejection. */
function deferWork(c: Context, deps: HttpDeps, work: Promise<unknown>): void {
  const guarded = work.catch((error: unknown) => {
    deps.log({ event: 'incident', what: 'background work failed', error: describeError(error) });
  });
  if (deps.background) deps.background(guarded);
  else c.executionCtx.waitUntil(guarded);
}
