import { describeError } from '../../shared/http/request-log.ts';
import type { TaskState } from '../../shared/metrics/task.ts';
import { evaluationResultKey } from '../../shared/model/evaluation-keys.ts';
import type { Verdict } from '../../shared/ports/queue.ts';
import type { EvaluateDeps } from './deps.ts';
import { resultOf } from './evaluate.ts';
import { gatherDataset } from './gather-dataset.ts';
import { gatherObject } from './gather-object.ts';
import { isPredicted } from './gather-predicted.ts';
import { MAX_REJECTED_SHOWN } from './gather-rows.ts';
import { mergeObject } from './merge-object.ts';
import { type EvaluateMessage, EvaluateMessageSchema } from './message.ts';
import { encodePart } from './part.ts';
import { chainParts, type ObjectParts } from './part-chain.ts';
import { listParts, partKey } from './part-name.ts';
import { type Plan, readPlan } from './plan.ts';
import { resultOfPredicted } from './predicted-result.ts';
import { bindPlan } from './predicted-task.ts';
import type { Result } from './show.ts';
import { workOutEvents } from './source-events.ts';
import { writeResult } from './stored.ts';
import type { BoundTask } from './tasks.ts';

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

async function workOut(deps: EvaluateDeps, { tenant, id, part, from }: EvaluateMessage): Promise<void> {
  const { store } = deps;
  const plan = await readPlan(store, tenant, id);
  const object = plan?.objects[part];
  if (plan === null) return workOutEvents(deps, tenant, id);
  // Plans are durable before their parts are queued: there is none of this name, or none any more.
  if (!object) return;
  if ((await store.head(evaluationResultKey(tenant, id))).kind === 'found') return;
  const bound = bindPlan(plan);
  if (!bound.ok) throw new Error(`the plan ${id} is of another version: ${bound.failure.detail}`);
  const done = await listParts(store, tenant, id, part);
  if (!done.some(({ beganAt }) => from === undefined || beganAt === from)) {
    const gathered =
      'etag' in object
        ? await gatherObject(store, tenant, plan, object, bound.value, from)
        : await gatherDataset(deps, tenant, plan, object, bound.value);
    await store.put(partKey(tenant, id, { part, ...gathered.name }), encodePart(gathered.part), { ifNoneMatch: '*' });
  }
  const chain = chainParts(plan.objects, await listParts(store, tenant, id));
  if (chain.kind === 'broken') return deps.queue.send(chain.again.map((again) => ({ tenant, id, ...again })));
  if (chain.kind === 'whole') await mergeParts(deps, tenant, id, plan, bound.value, chain.objects);
}

/** Merges the states in the plan's order, one after the other, and writes what they come to. */
async function mergeParts(
  { store }: EvaluateDeps,
  tenant: string,
  id: string,
  plan: Plan,
  task: BoundTask,
  objects: readonly ObjectParts[],
): Promise<void> {
  const failures: { key: string; reason: string }[] = [];
  const firstRejected: Result['rows']['firstRejected'][number][] = [];
  let columns: Result['columns'] | null = null;
  let state: TaskState | null = null;
  let [read, rejected] = [0, 0];
  const differing: string[] = [];
  for (const object of objects) {
    const { key } = object;
    const merged = await mergeObject(store, tenant, id, plan, task, object, state);
    if (!merged.ok) {
      failures.push({ key, reason: merged.failure });
      continue;
    }
    const { rows } = merged.value;
    state = merged.value.state;
    columns ??= merged.value.columns;
    if (JSON.stringify(columns) !== JSON.stringify(merged.value.columns)) differing.push(key);
    read += rows.read;
    rejected += rows.rejected;
    const free = MAX_REJECTED_SHOWN - firstRejected.length;
    firstRejected.push(...rows.firstRejected.slice(0, free).map((row) => ({ key, ...row })));
  }
  const isTooMany = rejected > plan.maxRejected;
  if (failures.length > 0 || state === null || isTooMany) {
    const reason = `${rejected} of ${read} rows were rejected; ${plan.maxRejected} may be`;
    const all = isTooMany ? [...failures, { key: plan.objects[0]?.key ?? '', reason }] : failures;
    return writeResult(store, tenant, id, { failures: all });
  }
  const rows = { read, rejected, firstRejected };
  const gathered = { state, rows, columns: columns ?? {} };
  const plain = isPredicted(plan) ? resultOfPredicted(task, plan, gathered) : resultOf(task, plan, gathered);
  const result = plan.dataset ? { ...plain, dataset: plan.dataset } : plain;
  await writeResult(store, tenant, id, { result: differing.length === 0 ? result : withWarning(result, differing) });
}

function withWarning(result: Result, keys: readonly string[]): Result {
  const warning = `Columns were understood otherwise in ${keys.length} of the objects, the first of them ${keys[0]}: say them by columns.`;
  const { evaluation } = result;
  return { ...result, evaluation: { ...evaluation, warnings: [...evaluation.warnings, warning] } };
}
