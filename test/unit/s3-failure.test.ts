import { describe, expect, test } from 'vitest';
import { s3FailureKind, s3RetryAfterSeconds } from '../../shared/adapters/web/s3-failure.ts';

describe('what an S3 error means', () => {
  test.each([
    ['NoSuchKey', 404, 'missing'],
    ['NotFound', 404, 'missing'],
    ['NoSuchBucket', 404, 'other'],
    ['PreconditionFailed', 412, 'conflict'],
    ['ConditionalRequestConflict', 409, 'conflict'],
    ['OperationAborted', 409, 'other'],
    ['SlowDown', 503, 'throttled'],
    ['TooManyRequests', 429, 'throttled'],
    ['ServiceUnavailable', 503, 'other'],
    ['InvalidRange', 416, 'range-not-satisfiable'],
    ['AccessDenied', 403, 'other'],
  ])('%s with status %i is %s', (name, httpStatusCode, kind) => {
    expect(s3FailureKind({ name, $metadata: { httpStatusCode } })).toBe(kind);
  });

  test('a network failure is neither', () => {
    expect(s3FailureKind(new Error('ECONNRESET'))).toBe('other');
    expect(s3FailureKind(undefined)).toBe('other');
  });
});

describe('when to come back', () => {
  test.each([
    ['7', 7],
    ['0.2', 1],
    [undefined, 1],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 1],
  ])('Retry-After %s', (header, seconds) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
    expect(s3RetryAfterSeconds({ $response: { headers } })).toBe(seconds);
  });
});
