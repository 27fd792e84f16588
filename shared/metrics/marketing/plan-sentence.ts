import { inWords, percentInWords } from './numbers-in-words.ts';
import type { SolvedPlan, TestPlan } from './test-plan.ts';

/** Below this chance a test is more likely than one would like to find nothing where there is something. */
const USUAL_POWER = 0.8;

/** What a plan comes to, for who has to decide: `To find a rise from 2 % to 2.4 % in 80 of 100 cases, 42,218 rows are needed …`. */
export function planSentence(plan: TestPlan, solved: SolvedPlan): string {
  const change = changeInWords(plan, solved.difference);
  const [rows, chance] = [inWords(solved.rows.all, 0), percentInWords(solved.power)];
  const level = ` (level ${Number(solved.alpha.toPrecision(3))}${severally(plan, solved)})`;
  if (solved.solved === 'rows') {
    const wanted = percentInWords(plan.power ?? solved.power);
    return `To find ${change} with a chance of ${wanted}, ${rows} rows are needed: ${armsInWords(plan, solved)}${level}.`;
  }
  if (solved.solved === 'difference') {
    const least = plan.outcome.kind === 'shares' ? change : `a difference of ${significant(solved.difference)}`;
    return `With ${rows} rows the smallest change that is found with a chance of ${chance} is ${least}${level}.`;
  }
  if (solved.solved === 'alpha') {
    return `With ${rows} rows ${change} is found with a chance of ${chance} where a level of ${significant(solved.alpha)} is taken${severally(plan, solved)}.`;
  }
  const verdict =
    solved.power < USUAL_POWER ? `too few to count on it; ${percentInWords(USUAL_POWER)} is usual` : 'enough';
  return `With ${rows} rows ${change} is found with a chance of ${chance}: ${verdict}${level}.`;
}

function changeInWords({ outcome }: TestPlan, difference: number): string {
  if (outcome.kind === 'means') return `a difference of ${significant(Math.abs(difference))}`;
  const [from, to] = [outcome.control, outcome.control + difference].map((share) => `${significant(100 * share)} %`);
  return `a ${difference < 0 ? 'fall' : 'rise'} from ${from} to ${to}`;
}

function armsInWords({ treatments }: TestPlan, { rows }: SolvedPlan): string {
  const [control, treatment] = [inWords(rows.control, 0), inWords(rows.treatment, 0)];
  if (rows.control === rows.treatment) return `${control} in each of ${treatments + 1} arms`;
  return `${control} in the control and ${treatment} in ${treatments === 1 ? 'the treatment' : 'each treatment'}`;
}

function severally({ treatments, correction }: TestPlan, { alphaPerComparison }: SolvedPlan): string {
  if (treatments === 1 || correction === 'none') return '';
  const name = correction === 'holm' ? 'Holm' : 'Bonferroni';
  return `, ${significant(alphaPerComparison)} for each of ${treatments} comparisons by ${name}`;
}

function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1_000 ? inWords(rounded, 0) : String(rounded);
}
