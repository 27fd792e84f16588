import type { Failure } from '../core/failure.ts';
import { failureHeaders, toProblem } from './problem.ts';

/**
 * How a family of routes tells a failure: our own as problem documents; the Hugging Face and Open Inference shapes as
 * `{"error": "…"}`, since that is what their clients read.
 */
export type ErrorStyle = 'problem' | 'hugging-face' | 'open-inference';

export function errorResponse(
  failure: Failure,
  style: ErrorStyle,
  requestId: string,
  moreHeaders: Readonly<Record<string, string>> = {},
): Response {
  const problem = toProblem(failure, requestId);
  const headers = { ...moreHeaders, ...failureHeaders(failure), 'x-request-id': requestId };
  if (style === 'problem') {
    return new Response(JSON.stringify(problem), {
      status: problem.status,
      headers: { ...headers, 'content-type': 'application/problem+json' },
    });
  }
  const status = style === 'hugging-face' ? huggingFaceStatus(problem.status) : problem.status;
  return new Response(JSON.stringify({ error: describe(failure) }), {
    status,
    headers: { ...headers, 'content-type': 'application/json' },
  });
}

/** The Hugging Face client retries 503 at once and without bound: a lasting failure is 500 there. */
function huggingFaceStatus(status: number): number {
  return status === 503 ? 500 : status;
}

function describe(failure: Failure): string {
  if (failure.kind !== 'invalid-request' || failure.errors.length === 0) return failure.detail;
  return failure.errors.map((error) => `${error.pointer}: ${error.message}`).join('; ');
}
