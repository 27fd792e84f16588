import { z } from 'zod';
import { type Evaluated, EvaluationsError } from '../../ports/evaluations.ts';

const AnswerSchema = z.object({
  status: z.enum(['done', 'running', 'failed']),
  id: z.string(),
  summary: z.array(z.string()).optional(),
  gates: z.object({ passed: z.boolean(), summary: z.string() }).optional(),
  failures: z.array(z.object({ reason: z.string() })).optional(),
});
const ProblemSchema = z.object({ status: z.int(), detail: z.string() });

/** What an answer of `POST /v1/evaluate` says, as far as whoever waits for it looks. Throws `EvaluationsError` for a 5xx. */
export function readEvaluated(status: number, text: string): Evaluated {
  if (status >= 500 || status === 429) throw new EvaluationsError({ cause: new Error(`evaluate answered ${status}`) });
  if (status >= 400) {
    const problem = ProblemSchema.safeParse(JSON.parse(text));
    return { kind: 'refused', reason: problem.success ? problem.data.detail : `evaluate answered ${status}` };
  }
  const answer = AnswerSchema.parse(JSON.parse(text));
  if (answer.status === 'running') return { kind: 'running', id: answer.id };
  if (answer.status === 'failed')
    return { kind: 'refused', reason: answer.failures?.[0]?.reason ?? 'The evaluation failed.' };
  return {
    kind: 'done',
    id: answer.id,
    summary: answer.summary ?? [],
    ...(answer.gates ? { gates: answer.gates } : {}),
  };
}
