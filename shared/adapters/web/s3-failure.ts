/**
 * What an error of the S3 client means. Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * `conflict` covers 412 (the condition did not hold) and 409 ConditionalRequestConflict (another write was under way).
 */
export type S3FailureKind = 'missing' | 'range-not-satisfiable' | 'conflict' | 'throttled' | 'other';

/** The parts of the SDK's ServiceException that are read here. */
interface ServiceError {
  readonly name?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const BY_NAME: Readonly<Record<string, S3FailureKind>> = {
  NoSuchKey: 'missing',
  // A missing bucket is a configuration error, although its status is 404 as well.
  NoSuchBucket: 'other',
  InvalidRange: 'range-not-satisfiable',
  PreconditionFailed: 'conflict',
  ConditionalRequestConflict: 'conflict',
  SlowDown: 'throttled',
};

/** 503 without the code SlowDown is an outage, so it isn't here. */
const BY_STATUS: Readonly<Record<number, S3FailureKind>> = {
  404: 'missing',
  412: 'conflict',
  416: 'range-not-satisfiable',
  429: 'throttled',
};

export function s3FailureKind(error: unknown): S3FailureKind {
  if (!isServiceError(error)) return 'other';
  const named = typeof error.name === 'string' ? BY_NAME[error.name] : undefined;
  return named ?? BY_STATUS[error.$metadata?.httpStatusCode ?? 0] ?? 'other';
}

/** Seconds of the answer's Retry-After header; 1 without one, or where it holds a date. */
export function s3RetryAfterSeconds(error: unknown): number {
  const header = isServiceError(error) ? error.$response?.headers?.['retry-after'] : undefined;
  const seconds = Number(header ?? 1);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 1;
}

function isServiceError(error: unknown): error is ServiceError {
  return typeof error === 'object' && error !== null;
}
