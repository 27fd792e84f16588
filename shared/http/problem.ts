import type { Failure, FieldError } from '../core/failure.ts';

/** RFC 9457 problem document. `type` is a stable URN per kind of failure; `errors` names the fields that are wrong. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId?: string;
  readonly errors?: readonly FieldError[];
  readonly limitBytes?: number;
  readonly limitPixels?: number;
}

/** The one place where failures become HTTP: an exhaustive switch over every kind. */
export function toProblem(failure: Failure, requestId?: string): Problem {
  const base = {
    type: `urn:edgemark:problem:${failure.kind}`,
    detail: failure.detail,
    ...(requestId === undefined ? {} : { requestId }),
  };
  switch (failure.kind) {
    case 'malformed-body':
      return { ...base, title: 'The body cannot be read', status: 400 };
    case 'invalid-request':
      return { ...base, title: 'The request is not valid', status: 422, errors: failure.errors };
    case 'unsupported-media-type':
      return { ...base, title: 'The media type is not supported', status: 415 };
    case 'unauthenticated':
      return { ...base, title: 'A valid API key is needed', status: 401 };
    case 'forbidden':
      return { ...base, title: 'The API key may not do this', status: 403 };
    case 'not-found':
      return { ...base, title: 'Not found', status: 404 };
    case 'method-not-allowed':
      return { ...base, title: 'The method is not allowed here', status: 405 };
    case 'conflict':
      return { ...base, title: 'Somebody else was first', status: 409 };
    case 'too-large':
      return { ...base, title: 'The request is too large', status: 413, ...limitsOf(failure) };
    case 'rate-limited':
      return { ...base, title: 'Too many requests', status: 429 };
    case 'model-unusable':
      return { ...base, title: 'The model cannot be used', status: 500 };
    case 'not-configured':
      return { ...base, title: 'Not set up here', status: 501 };
    case 'unavailable':
      return { ...base, title: 'Temporarily unavailable', status: 503 };
    case 'internal':
      return { ...base, title: 'Something went wrong here', status: 500 };
    default:
      return failure satisfies never;
  }
}

function limitsOf(failure: Extract<Failure, { kind: 'too-large' }>): Pick<Problem, 'limitBytes' | 'limitPixels'> {
  return {
    ...(failure.limitBytes === undefined ? {} : { limitBytes: failure.limitBytes }),
    ...(failure.limitPixels === undefined ? {} : { limitPixels: failure.limitPixels }),
  };
}

/** Headers that belong to a failure: when to come back, how to authenticate, which methods there are. */
export function failureHeaders(failure: Failure): Record<string, string> {
  switch (failure.kind) {
    case 'rate-limited':
    case 'unavailable':
      return { 'retry-after': String(failure.retryAfterSeconds) };
    case 'unauthenticated':
      return { 'www-authenticate': 'Bearer realm="edgemark"' };
    case 'method-not-allowed':
      return { allow: failure.allow.join(', ') };
    default:
      return {};
  }
}
