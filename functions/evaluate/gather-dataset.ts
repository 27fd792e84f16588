import { streamOf } from '../../shared/core/read-stream.ts';
import { fail, type Result } from '../../shared/core/result.ts';
import type { EvaluateDeps } from './deps.ts';
import { catchRowsError } from './evaluate.ts';
import { gatherInteractions } from './gather-interactions.ts';
import type { ObjectGathered } from './gather-object.ts';
import { gatherPredicted, isPredicted } from './gather-predicted.ts';
import { createGatherer, type Gathered } from './gather-rows.ts';
import { openPart } from './open-part.ts';
import type { PartObject, Plan, UsersObject } from './plan.ts';
import { gatherFile } from './read-file.ts';
import type { BoundTask } from './tasks.ts';

/** A piece of a dataset: its rows as models answer them, or as they are. Fails with words for what will not come right by itself. */
export async function gatherDataset(
  deps: EvaluateDeps,
  tenant: string,
  plan: Plan,
  object: PartObject | UsersObject,
  task: BoundTask,
): Promise<ObjectGathered> {
  const gathered = await gatherRows(deps, tenant, plan, object, task);
  if (!gathered.ok) return { part: fail({ reason: gathered.failure }), name: { beganAt: 0, endedAt: null, read: 0 } };
  return { part: gathered, name: { beganAt: 0, endedAt: 0, read: gathered.value.rows.read } };
}

async function gatherRows(
  deps: EvaluateDeps,
  tenant: string,
  plan: Plan,
  object: PartObject | UsersObject,
  task: BoundTask,
): Promise<Result<Gathered, string>> {
  if ('users' in object) {
    if (!isPredicted(plan)) throw new Error('a plan has users whom nobody is asked about');
    return gatherInteractions(deps, tenant, plan, object, task);
  }
  if (isPredicted(plan)) return gatherPredicted(deps, tenant, plan, object, task);
  if (!plan.dataset) throw new Error('a plan has parts of no dataset');
  const bytes = await openPart(deps.store, tenant, plan.dataset, object);
  if (!bytes.ok) return bytes;
  const gathered = await catchRowsError(() => gatherFile(streamOf(bytes.value), createGatherer(task, plan), undefined));
  return gathered.ok ? gathered : fail(gathered.failure.detail);
}
