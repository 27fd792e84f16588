import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { inParallel } from '../../shared/core/in-parallel.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import type { EvaluateQuery } from './contract.ts';
import { MAX_OBJECT_BYTES } from './contract.ts';
import type { EvaluateDeps } from './deps.ts';
import { type Plan, partKey, partPrefix, planId, rowsKey, writePlan } from './plan.ts';
import { readStored, showStored } from './stored.ts';
import type { BoundTask } from './tasks.ts';
import type { Wishes } from './wishes.ts';

type SourceRequest = Wishes & { readonly source: { readonly keys: readonly string[] } };

/**
 * Writes the plan and queues its parts. What was planned before is not done again: parts that are missing are queued once more,
 * and where the result is there it is the answer.
 */
export async function startEvaluation(
  deps: EvaluateDeps,
  request: SourceRequest,
  task: BoundTask,
  query: EvaluateQuery,
  caller: Caller,
): Promise<Outcome<unknown>> {
  const objects = await findObjects(deps, caller.tenant, request.source.keys);
  if (!objects.ok) return objects;
  const plan: Plan = {
    schemaVersion: 1,
    task: task.name,
    settings: task.settings,
    columns: request.columns,
    slices: request.slices,
    maxRejected: request.maxRejected,
    intervals: request.intervals,
    ...(request.fairness ? { fairness: request.fairness } : {}),
    ...(request.gates ? { gates: request.gates } : {}),
    objects: objects.value,
  };
  const id = await planId(plan);
  const manner = { ...query, metrics: request.metrics };
  const known = await readStored(deps.store, caller.tenant, id);
  if (known !== null && known.kind !== 'running') return showStored(known, id, manner, caller);
  await writePlan(deps.store, caller.tenant, id, plan);
  await queueParts(deps, caller.tenant, id, plan);
  const stored = await readStored(deps.store, caller.tenant, id);
  return showStored(stored ?? { kind: 'running', done: 0, all: plan.objects.length }, id, manner, caller);
}

async function queueParts({ store, queue }: EvaluateDeps, tenant: string, id: string, plan: Plan): Promise<void> {
  const done = new Set((await listBlobs(store, partPrefix(tenant, id))).map(({ key }) => key));
  const open = plan.objects.flatMap((_, part) => (done.has(partKey(tenant, id, part)) ? [] : [part]));
  // Where all are done but the merge is missing, any part's message leads to it.
  const parts = open.length > 0 ? open : [0];
  await queue.send(parts.map((part) => ({ tenant, id, part })));
}

async function findObjects(
  { store }: EvaluateDeps,
  tenant: string,
  keys: readonly string[],
): Promise<Outcome<Plan['objects']>> {
  const found = await inParallel(keys, (key) => store.head(rowsKey(tenant, key)));
  const objects: Plan['objects'] = [];
  for (const [place, key] of keys.entries()) {
    const info = found[place];
    const pointer = `source.keys[${place}]`;
    if (info?.kind !== 'found') return invalidField(pointer, `there is no object "${key}"`);
    if (info.sizeBytes > MAX_OBJECT_BYTES)
      return invalidField(pointer, `has ${info.sizeBytes} bytes; an object may have ${MAX_OBJECT_BYTES}. Divide it.`);
    objects.push({ key, etag: info.etag });
  }
  return ok(objects);
}
