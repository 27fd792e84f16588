import { expect, test } from 'vitest';
import type { Failure, FailureKind } from '../../shared/core/failure.ts';
import { errorResponse } from '../../shared/http/error-style.ts';
import { failureHeaders, toProblem } from '../../shared/http/problem.ts';

/** One failure of each kind; the type makes a new kind that is not listed here an error. */
const FAILURES: { readonly [K in FailureKind]: readonly [Failure & { kind: K }, number] } = {
  'malformed-body': [{ kind: 'malformed-body', detail: 'd' }, 400],
  unauthenticated: [{ kind: 'unauthenticated', detail: 'd' }, 401],
  forbidden: [{ kind: 'forbidden', detail: 'd' }, 403],
  'not-found': [{ kind: 'not-found', detail: 'd' }, 404],
  'method-not-allowed': [{ kind: 'method-not-allowed', detail: 'd', allow: ['GET', 'POST'] }, 405],
  conflict: [{ kind: 'conflict', detail: 'd' }, 409],
  'too-large': [{ kind: 'too-large', detail: 'd', limitBytes: 5 }, 413],
  'unsupported-media-type': [{ kind: 'unsupported-media-type', detail: 'd' }, 415],
  'invalid-request': [{ kind: 'invalid-request', detail: 'd', errors: [{ pointer: 'a[0]', message: 'm' }] }, 422],
  'rate-limited': [{ kind: 'rate-limited', detail: 'd', retryAfterSeconds: 7 }, 429],
  'model-unusable': [{ kind: 'model-unusable', detail: 'd' }, 500],
  internal: [{ kind: 'internal', detail: 'd' }, 500],
  'not-configured': [{ kind: 'not-configured', detail: 'd' }, 501],
  unavailable: [{ kind: 'unavailable', detail: 'd', retryAfterSeconds: 2 }, 503],
};

test.each(Object.values(FAILURES))('$kind has its own type, a title and its status', (failure, status) => {
  const problem = toProblem(failure, 'r-1');
  expect(problem).toMatchObject({
    type: `urn:edgemark:problem:${failure.kind}`,
    status,
    detail: 'd',
    requestId: 'r-1',
  });
  expect(problem.title).not.toBe('');
});

test('no two kinds share a title', () => {
  const titles = Object.values(FAILURES).map(([failure]) => toProblem(failure).title);
  expect(new Set(titles).size).toBe(titles.length);
});

test('fields and limits are told where there are any', () => {
  expect(toProblem(FAILURES['invalid-request'][0]).errors).toEqual([{ pointer: 'a[0]', message: 'm' }]);
  expect(toProblem(FAILURES['too-large'][0]).limitBytes).toBe(5);
});

test('headers say when to come back, how to authenticate and which methods there are', () => {
  const headers = Object.values(FAILURES).map(([failure]) => [failure.kind, failureHeaders(failure)] as const);
  expect(Object.fromEntries(headers.filter(([, own]) => Object.keys(own).length > 0))).toEqual({
    unauthenticated: { 'www-authenticate': 'Bearer realm="edgemark"' },
    'method-not-allowed': { allow: 'GET, POST' },
    'rate-limited': { 'retry-after': '7' },
    unavailable: { 'retry-after': '2' },
  });
});

test('the Hugging Face shape never answers 503; the Open Inference shape does', async () => {
  const [unavailable] = FAILURES.unavailable;
  expect(errorResponse(unavailable, 'hugging-face', 'r-1').status).toBe(500);
  expect(errorResponse(unavailable, 'open-inference', 'r-1').status).toBe(503);
  const invalid = errorResponse(FAILURES['invalid-request'][0], 'hugging-face', 'r-1');
  expect(await invalid.json()).toEqual({ error: 'a[0]: m' });
  expect(invalid.headers.get('x-request-id')).toBe('r-1');
});
