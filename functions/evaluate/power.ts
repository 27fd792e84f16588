import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { planSentence } from '../../shared/metrics/marketing/plan-sentence.ts';
import { solvePlan, type TestPlan, type Unknown } from '../../shared/metrics/marketing/test-plan.ts';
import type { PowerAnswer, PowerRequest } from './contract-power.ts';

const USUAL_ALPHA = 0.05;
const GIVEN = ['difference', 'rows', 'power'] as const satisfies readonly Unknown[];

/** Answers what a plan of a test leaves open. */
export function planTest(request: PowerRequest, caller: Caller): Outcome<PowerAnswer> {
  const open = GIVEN.filter((name) => request[name] === undefined);
  if (open.length > 1)
    return invalidField(open[0] as string, `two of ${GIVEN.join(', ')} are needed; the third is the answer`);
  if (open.length === 0 && request.alpha !== undefined)
    return invalidField('alpha', 'leave out one of difference, rows, power and alpha: it is the answer');
  const treatment = request.outcome.kind === 'shares' ? request.outcome.control + (request.difference ?? 0) : 0;
  if (treatment < 0 || treatment > 1)
    return invalidField('difference', `the treatment’s share would be ${treatment}, which is not from 0 to 1`);
  const plan = planOf(request, open.length === 0 ? null : (request.alpha ?? USUAL_ALPHA));
  const solved = solvePlan(plan);
  if ('reason' in solved) return invalidField(request.rows === undefined ? 'difference' : 'rows', solved.reason);
  const comparisons = plan.treatments;
  return ok({ summary: [planSentence(plan, solved)], ...solved, comparisons, requestId: caller.requestId });
}

function planOf(request: PowerRequest, alpha: number | null): TestPlan {
  const { outcome, difference = null, rows = null, power = null, ratio, arms, correction } = request;
  return {
    outcome:
      outcome.kind === 'shares'
        ? outcome
        : {
            kind: 'means',
            deviations: { control: outcome.deviation, treatment: outcome.treatmentDeviation ?? outcome.deviation },
          },
    difference,
    rows,
    power,
    alpha,
    ratio,
    treatments: arms - 1,
    correction,
  };
}
