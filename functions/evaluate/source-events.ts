import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Division } from '../../shared/customer/arms.ts';
import { readStoredArms } from '../../shared/customer/arms-store.ts';
import { armsKey } from '../../shared/customer/customer-keys.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { evaluationResultKey } from '../../shared/model/evaluation-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { EvaluateQuery } from './contract.ts';
import type { EventsSource } from './contract-events.ts';
import type { EvaluateDeps } from './deps.ts';
import { writeDue } from './due.ts';
import { resultOf } from './evaluate.ts';
import { withAccount } from './event-account.ts';
import { type EventPlan, eventPlanId, readEventPlan, writeEventPlan } from './event-plan.ts';
import { type EventsFound, findEvents, gatherEvents } from './gather-events.ts';
import { writeOpened } from './open-evaluation.ts';

import { type Result, showResult } from './show.ts';
import { readStored, showStored, writeResult } from './stored.ts';
import { type BoundTask, bindTask } from './tasks.ts';
import type { Wishes } from './wishes.ts';

/** Bytes of parts up to which the answer is waited for: some seconds. */
export const MAX_BYTES_AT_ONCE = 4 * 1024 * 1024;
const ARM_TASKS = ['campaign', 'ab-test'];
const TASKS = [...ARM_TASKS, 'attribution'];

type EventsRequest = Wishes & { readonly events: EventsSource };

/** Evaluates what was collected: at once where it is little, else as a stored evaluation that the queue works out. */
export async function evaluateEvents(
  deps: EvaluateDeps,
  request: EventsRequest,
  query: EvaluateQuery,
  caller: Caller,
  maxBytesAtOnce = MAX_BYTES_AT_ONCE,
): Promise<Outcome<unknown>> {
  const checked = checkRequest(request);
  if (!checked.ok) return checked;
  const planned = await planEvents(deps, request, caller.tenant);
  if (!planned.ok) return planned;
  const { plan, task } = planned.value;
  const found = await findEvents(deps.store, caller.tenant, plan);
  if (!found.ok) return found;
  const manner = { ...query, metrics: request.metrics };
  const { parts, erased } = found.value;
  if (parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= maxBytesAtOnce) {
    const result = await workOut(deps.store, caller.tenant, plan, task, found.value);
    return result.ok ? showResult(result.value, manner, caller) : result;
  }
  const keys = parts.map(({ key }) => key);
  const id = await eventPlanId(plan, keys, [...erased]);
  const known = await readStored(deps.store, caller.tenant, id);
  if (known !== null && known.kind !== 'running') return showStored(known, id, manner, caller);
  await writeDue(deps.store, caller.tenant, id, deps.clock.now());
  await writeOpened(deps, caller.tenant, id);
  await writeEventPlan(deps.store, caller.tenant, id, plan);
  await deps.queue.send([{ tenant: caller.tenant, id, part: 0 }]);
  const stored = await readStored(deps.store, caller.tenant, id);
  return showStored(stored ?? { kind: 'running', done: 0, all: 1, rows: 0 }, id, manner, caller);
}

/** What a message of the queue asks for, where it is about events. The first result that is written stays. */
export async function workOutEvents({ store }: EvaluateDeps, tenant: string, id: string): Promise<void> {
  const plan = await readEventPlan(store, tenant, id);
  if (plan === null || (await store.head(evaluationResultKey(tenant, id))).kind === 'found') return;
  const task = bindTask(plan.task, plan.settings, []);
  if (!task.ok) throw new Error(`the plan ${id} is of another version: ${task.failure.detail}`);
  const result = await workOut(store, tenant, plan, task.value);
  const reason = result.ok ? '' : result.failure.detail;
  await writeResult(
    store,
    tenant,
    id,
    result.ok ? { result: result.value } : { failures: [{ key: 'source.events', reason }] },
  );
}

async function workOut(
  store: BlobStore,
  tenant: string,
  plan: EventPlan,
  task: BoundTask,
  known: EventsFound | null = null,
): Promise<Outcome<Result>> {
  const gathered = await gatherEvents(store, tenant, plan, task, known);
  return gathered.ok ? ok(withAccount(resultOf(task, plan, gathered.value), plan, gathered.value)) : gathered;
}

function checkRequest({ task, slices, columns, events }: EventsRequest): Outcome<null> {
  if (!TASKS.includes(task)) return invalidField('task', `of source.events must be one of ${TASKS.join(', ')}`);
  if (slices.length > 0) return invalidField('slices', 'are not made of events');
  if (Object.keys(columns).length > 0) return invalidField('columns', 'are of rows; events have none');
  const needsArms = ARM_TASKS.includes(task);
  if (needsArms !== (events.arms !== undefined))
    return invalidField('source.events.arms', needsArms ? `is needed by task ${task}` : `is not of task ${task}`);
  for (const name of ['outcome', 'covariateDays'] as const) {
    if (events[name] !== undefined && task !== 'ab-test')
      return invalidField(`source.events.${name}`, 'is of task ab-test only');
  }
  if (events.exposure !== undefined && (events.arms === undefined || events.arms.by === 'experiment'))
    return invalidField('source.events.exposure', 'is of arms by recommendationId or property only');
  return ok(null);
}

/** The plan, with the experiment's weights and control where the settings say none. */
async function planEvents(
  { store, clock }: EvaluateDeps,
  request: EventsRequest,
  tenant: string,
): Promise<Outcome<{ readonly plan: EventPlan; readonly task: BoundTask }>> {
  const { events, intervals, gates, maxRejected } = request;
  const division = await readDivision(store, tenant, events);
  if (!division.ok) return division;
  const task = bindTask(request.task, { ...experimentSettings(events, division.value), ...request.settings }, []);
  if (!task.ok) return task;
  const plan: EventPlan = {
    schemaVersion: 1,
    task: task.value.name,
    settings: task.value.settings,
    maxRejected,
    intervals,
    ...(gates ? { gates } : {}),
    events,
    division: division.value,
    asOf: new Date(clock.now()).toISOString(),
  };
  return ok({ plan, task: task.value });
}

async function readDivision(
  store: BlobStore,
  tenant: string,
  { arms }: EventsSource,
): Promise<Outcome<Division | null>> {
  if (arms?.by !== 'experiment') return ok(null);
  const key = armsKey(tenant, arms.name);
  const { content } = await readStoredArms(store, key);
  if (content === 'damaged')
    return fail({ kind: 'model-unusable', detail: `The A/B definition ${key} cannot be read.` });
  if (content === null) return invalidField('source.events.arms.name', `there is no A/B definition "${arms.name}"`);
  const names = content.arms.map(({ name }) => name);
  if (arms.control !== undefined && !names.includes(arms.control))
    return invalidField(
      'source.events.arms.control',
      `there is no arm "${arms.control}"; there are ${names.join(', ')}`,
    );
  return ok({ arms: content.arms, salt: content.salt });
}

/** The shares that the weights plan, for the check whether customers were divided so. */
function experimentSettings({ arms }: EventsSource, division: Division | null): Readonly<Record<string, unknown>> {
  if (division === null || arms?.by !== 'experiment') return {};
  const weighted = division.arms.filter(({ weight }) => weight > 0);
  const plannedShares = Object.fromEntries(weighted.map(({ name, weight }) => [name, weight]));
  return { plannedShares, ...(arms.control === undefined ? {} : { control: arms.control }) };
}
