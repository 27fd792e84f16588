import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import { parseWith } from '../../shared/http/body.ts';
import { MAX_SLICE_COLUMNS } from '../../shared/metrics/slices/sliced-task.ts';
import { type EvaluateQuery, type EvaluateRequest, EvaluateRequestSchema } from './contract.ts';

/** What is to be done, wherever the rows are. */
export type Wishes = Omit<EvaluateRequest, 'rows' | 'source'>;

/** What the query beside a file says, parsed as a body of JSON would be. */
export function wishesOf(query: EvaluateQuery): Outcome<Wishes> {
  if (query.task === undefined) return invalidField('task', 'is needed in the query, beside a file');
  const { task, maxRejected } = query;
  const given: Record<string, unknown> = { task, rows: [], ...(maxRejected === undefined ? {} : { maxRejected }) };
  for (const name of ['columns', 'settings', 'intervals', 'gates', 'fairness'] as const) {
    const text = query[name];
    if (text === undefined) continue;
    try {
      given[name] = JSON.parse(text);
    } catch {
      return invalidField(name, 'must be JSON in the query, such as {"name":"value"}');
    }
  }
  for (const name of ['metrics', 'slices'] as const) {
    if (query[name] !== undefined) given[name] = splitList(query[name]);
  }
  const parsed = parseWith(EvaluateRequestSchema, given, 'query');
  return parsed.ok ? ok(parsed.value) : parsed;
}

/** The wishes with the columns sliced by that fairness needs; only classifications of two classes can be asked for it. */
export function withFairnessSlices<W extends Wishes>(wishes: W): Outcome<W> {
  const { task, slices, fairness } = wishes;
  if (!fairness) return ok(wishes);
  if (task !== 'binary-classification')
    return invalidField('fairness', 'is worked out for task binary-classification only');
  const all = [...new Set([...slices, ...fairness.columns])];
  if (all.length > MAX_SLICE_COLUMNS)
    return invalidField(
      'fairness',
      `with slices asks for ${all.length} columns; ${MAX_SLICE_COLUMNS} may be sliced by`,
    );
  return ok({ ...wishes, slices: all });
}

/** `a,b` as a list, without what is empty. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
