import { type Evaluations, EvaluationsError } from '../../ports/evaluations.ts';
import { readEvaluated } from '../web/read-evaluated.ts';

/** The entry point `Evaluations` of the function evaluate, as its service binding shows it. */
export interface EvaluationsEntry {
  /** Status and body of what `POST /v1/evaluate` would answer to a key of this tenant. */
  evaluate(tenant: string, request: string): Promise<{ readonly status: number; readonly text: string }>;
}

/** Evaluations over a service binding. */
export function createRpcEvaluations(entry: EvaluationsEntry): Evaluations {
  return {
    async evaluate(tenant, request) {
      const answer = await entry.evaluate(tenant, JSON.stringify(request)).catch((cause: unknown) => {
        throw new EvaluationsError({ cause });
      });
      return readEvaluated(answer.status, answer.text);
    },
  };
}
