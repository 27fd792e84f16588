import { type Result as Checked, fail } from '../../shared/core/result.ts';
import { describeError } from '../../shared/http/request-log.ts';
import type { TaskState } from '../../shared/metrics/task.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import type { Verdict } from '../../shared/ports/queue.ts';
import type { EvaluateDeps } from './deps.ts';
import { catchRowsError, resultOf } from './evaluate.ts';
import { createGatherer, type Gathered, MAX_REJECTED_SHOWN } from './gather-rows.ts';
import { type EvaluateMessage, EvaluateMessageSchema } from './message.ts';
import { encodePart, readPart } from './part.ts';
import { type Plan, partKey, partPrefix, readPlan, resultKey, rowsKey } from './plan.ts';
import { gatherFile } from './read-file.ts';
import type { Result } from './show.ts';
import { workOutEvents } from './source-events.ts';
import { writeResult } from './stored.ts';
import { type BoundTask, bindTask } from './tasks.ts';

const DONE: Verdict = { kind: 'done' };
const AGAIN: Verdict = { kind: 'retry', afterSeconds: 5 };

/**
 * Works parts out; whoever finds that all are done merges them. Every step may be done twice and by several at once: what is
 * written under a name is decided by the name.
 */
export async function consume(deps: EvaluateDeps, messages: readonly unknown[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const message of messages) verdicts.push(await consumeOne(deps, message));
  return verdicts;
}

async function consumeOne(deps: EvaluateDeps, message: unknown): Promise<Verdict> {
  const parsed = EvaluateMessageSchema.safeParse(message);
  if (!parsed.success) {
    deps.log({ event: 'incident', what: 'a message that is not understood was dropped' });
    return DONE;
  }
  try {
    await workOut(deps, parsed.data);
    return DONE;
  } catch (error) {
    deps.log({ event: 'incident', what: 'a part could not be evaluated', error: describeError(error) });
    return AGAIN;
  }
}

async function workOut(deps: EvaluateDeps, { tenant, id, part }: EvaluateMessage): Promise<void> {
  const { store } = deps;
  const plan = await readPlan(store, tenant, id);
  const object = plan?.objects[part];
  if (plan === null) return workOutEvents(deps, tenant, id);
  // Plans are durable before their parts are queued: there is none of this name.
  if (!object) return;
  if ((await store.head(resultKey(tenant, id))).kind === 'found') return;
  const bound = bindTask(plan.task, plan.settings, plan.slices);
  if (!bound.ok) throw new Error(`the plan ${id} is of another version: ${bound.failure.detail}`);
  const key = partKey(tenant, id, part);
  if ((await store.head(key)).kind === 'missing') {
    const gathered = await gatherObject(deps, tenant, plan, object, bound.value);
    await store.put(key, encodePart(gathered), { ifNoneMatch: '*' });
  }
  const parts = await listBlobs(store, partPrefix(tenant, id));
  if (parts.length === plan.objects.length) await mergeParts(deps, tenant, id, plan, bound.value);
}

async function gatherObject(
  { store }: EvaluateDeps,
  tenant: string,
  plan: Plan,
  { key, etag }: Plan['objects'][number],
  task: BoundTask,
): Promise<Checked<Gathered, string>> {
  const found = await store.get(rowsKey(tenant, key));
  if (found.kind === 'missing') return fail('is gone since the evaluation began');
  if (found.etag !== etag) {
    await found.body.cancel();
    return fail('was changed since the evaluation began');
  }
  const gathered = await catchRowsError(() => gatherFile(found.body, createGatherer(task, plan), undefined));
  return gathered.ok ? gathered : fail(gathered.failure.detail);
}

/** Merges the states in the plan's order, one after the other, and writes what they come to. */
async function mergeParts(
  { store }: EvaluateDeps,
  tenant: string,
  id: string,
  plan: Plan,
  task: BoundTask,
): Promise<void> {
  const failures: { key: string; reason: string }[] = [];
  const firstRejected: Result['rows']['firstRejected'][number][] = [];
  let columns: Result['columns'] | null = null;
  let state: TaskState | null = null;
  let [read, rejected] = [0, 0];
  const differing: string[] = [];
  for (const [place, { key }] of plan.objects.entries()) {
    const part = await readPart(store, tenant, id, place);
    if (!part.ok) {
      failures.push({ key, reason: part.failure });
      continue;
    }
    const restored = task.restore(part.value.state);
    if (state === null) state = restored;
    else state.merge(restored);
    columns ??= part.value.columns;
    if (JSON.stringify(columns) !== JSON.stringify(part.value.columns)) differing.push(key);
    read += part.value.rows.read;
    rejected += part.value.rows.rejected;
    const free = MAX_REJECTED_SHOWN - firstRejected.length;
    firstRejected.push(...part.value.rows.firstRejected.slice(0, free).map((row) => ({ key, ...row })));
  }
  const isTooMany = rejected > plan.maxRejected;
  if (failures.length > 0 || state === null || isTooMany) {
    const reason = `${rejected} of ${read} rows were rejected; ${plan.maxRejected} may be`;
    const all = isTooMany ? [...failures, { key: plan.objects[0]?.key ?? '', reason }] : failures;
    return writeResult(store, tenant, id, { failures: all });
  }
  const rows = { read, rejected, firstRejected };
  const result = resultOf(task, plan, { state, rows, columns: columns ?? {} });
  await writeResult(store, tenant, id, { result: differing.length === 0 ? result : withWarning(result, differing) });
}

function withWarning(result: Result, keys: readonly string[]): Result {
  const warning = `Columns were understood otherwise in ${keys.length} of the objects, the first of them ${keys[0]}: say them by columns.`;
  const { evaluation } = result;
  return { ...result, evaluation: { ...evaluation, warnings: [...evaluation.warnings, warning] } };
}
