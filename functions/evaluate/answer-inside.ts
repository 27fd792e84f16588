import { toUtf8 } from '../../shared/core/json-bytes.ts';
import { parseJsonBytes, parseWith } from '../../shared/http/body.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { toProblem } from '../../shared/http/problem.ts';
import { EvaluateRequestSchema } from './contract.ts';
import type { EvaluateDeps } from './deps.ts';
import { evaluate } from './evaluate.ts';

/** Status and body, as over HTTP. */
export interface InsideAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * What `POST /v1/evaluate` answers to a body of JSON, to another function of the same deployment: it has decided already that the tenant wants
 * it, so no key is asked for.
 */
export async function answerInside(deps: EvaluateDeps, request: string, caller: Caller): Promise<InsideAnswer> {
  const json = parseJsonBytes(toUtf8(request));
  const parsed = json.ok ? parseWith(EvaluateRequestSchema, json.value, 'body') : json;
  const answer = parsed.ok ? await evaluate(deps, { request: parsed.value }, { format: 'json' }, caller) : parsed;
  if (!answer.ok) {
    const problem = toProblem(answer.failure, caller.requestId);
    return { status: problem.status, text: JSON.stringify(problem) };
  }
  if (answer.value instanceof TextAnswer) return { status: answer.value.status, text: answer.value.text };
  return { status: 200, text: JSON.stringify(answer.value) };
}
