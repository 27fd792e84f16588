import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { EvaluateQuery, EvaluateRequest } from './contract.ts';
import type { EvaluateDeps } from './deps.ts';
import { writeDue } from './due.ts';
import { writeOpened } from './open-evaluation.ts';
import { type Plan, planId, writePlan } from './plan.ts';
import { type DatasetPlan, planDataset } from './plan-dataset.ts';
import { planObjects } from './plan-objects.ts';
import { queueOpenParts } from './queue-parts.ts';
import { readStored, showStored } from './stored.ts';
import type { BoundTask } from './tasks.ts';
import type { Wishes } from './wishes.ts';

type SourceRequest = Wishes & { readonly source: Pick<NonNullable<EvaluateRequest['source']>, 'keys' | 'dataset'> };

/**
 * Writes the plan and queues its parts. What was planned before is not done again: parts that are missing are queued once more,
 * and where the result is there it is the answer. What has to go one day, and what ticks look after, is noted first.
 */
export async function startEvaluation(
  deps: EvaluateDeps,
  request: SourceRequest,
  task: BoundTask,
  query: EvaluateQuery,
  caller: Caller,
): Promise<Outcome<unknown>> {
  const source = await findSource(deps, caller.tenant, request);
  if (!source.ok) return source;
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
    ...source.value,
  };
  const id = await planId(plan);
  const manner = { ...query, metrics: request.metrics };
  const known = await readStored(deps.store, caller.tenant, id);
  if (known !== null && known.kind !== 'running') return showStored(known, id, manner, caller);
  const begunAtMs = deps.clock.now();
  await writeDue(deps.store, caller.tenant, id, begunAtMs);
  await writeOpened(deps, caller.tenant, id);
  await writePlan(deps.store, caller.tenant, id, plan, begunAtMs);
  await queueOpenParts(deps, caller.tenant, id, plan);
  const stored = await readStored(deps.store, caller.tenant, id);
  return showStored(stored ?? { kind: 'running', done: 0, all: plan.objects.length, rows: 0 }, id, manner, caller);
}

/** What is read: a tenant's objects as they are now, or a version of a dataset and who is asked about its rows. */
async function findSource(deps: EvaluateDeps, tenant: string, request: SourceRequest): Promise<Outcome<DatasetPlan>> {
  const { dataset, keys = [] } = request.source;
  if (dataset) return planDataset(deps, tenant, request, dataset);
  const objects = await planObjects(deps.store, tenant, keys, deps.pieceBytes);
  return objects.ok ? ok({ objects: objects.value }) : objects;
}
