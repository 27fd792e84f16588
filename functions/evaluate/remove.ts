import type { Outcome } from '../../shared/core/failure.ts';
import { inParallel } from '../../shared/core/in-parallel.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { evaluationPrefix, evaluationResultKey } from '../../shared/model/evaluation-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { DeletedAnswer } from './contract.ts';
import type { EvaluateDeps } from './deps.ts';
import { type Due, KEPT_MS, listDue, postponeParts } from './due.ts';
import { deleteOpen } from './open-evaluation.ts';
import { deletePlan, partPrefix, readBegunAtMs } from './plan.ts';

/** Objects that a tick deletes of a tenant; what is more waits for the next one. */
const MAX_DELETED = 500;
/** Due evaluations that a tick looks at. */
const MAX_DUE = 50;
/** Objects of a page when all of an evaluation goes at once. */
const PAGE_OBJECTS = 1_000;

/** `DELETE /v1/evaluate/{id}`. Consumers that are at work stop at their next message; what they still write goes when the evaluation would have. */
export async function removeEvaluation(
  deps: EvaluateDeps,
  id: string,
  caller: Caller,
): Promise<Outcome<DeletedAnswer>> {
  const { tenant, requestId } = caller;
  const prefix = evaluationPrefix(tenant, id);
  const { blobs } = await deps.store.list({ prefix, limit: 1 });
  if (blobs.length === 0) return fail({ kind: 'not-found', detail: `There is no evaluation "${id}".` });
  while (!(await removeAll(deps.store, tenant, id, PAGE_OBJECTS)).isEmpty);
  return ok({ id, deletedAt: new Date(deps.clock.now()).toISOString(), requestId });
}

/** Deletes what is due by now, in bounded steps: an entry goes when nothing is left of what it names. */
export async function removeDue(deps: EvaluateDeps, tenant: string, nowMs: number): Promise<void> {
  let left = MAX_DELETED;
  for (const due of await listDue(deps.store, tenant, nowMs, MAX_DUE)) {
    if (left <= 0) return;
    const { deleted, isEmpty } = await removeOne(deps.store, tenant, due, nowMs, left);
    left -= deleted;
    if (isEmpty) await deps.store.delete(due.key);
  }
}

interface Removed {
  readonly deleted: number;
  readonly isEmpty: boolean;
}

const NOTHING: Removed = { deleted: 0, isEmpty: true };

async function removeOne(
  store: BlobStore,
  tenant: string,
  { id, what }: Due,
  nowMs: number,
  most: number,
): Promise<Removed> {
  const begunAtMs = await readBegunAtMs(store, tenant, id);
  if (what === 'parts') {
    const isOpen = begunAtMs !== null && (await store.head(evaluationResultKey(tenant, id))).kind === 'missing';
    if (!isOpen) return removePrefix(store, partPrefix(tenant, id), most);
    await postponeParts(store, tenant, id, nowMs);
    return NOTHING;
  }
  // It was deleted and begun again meanwhile, and has a later entry.
  if (begunAtMs !== null && nowMs - begunAtMs < KEPT_MS) return NOTHING;
  return removeAll(store, tenant, id, most);
}

/** The plan first: without it the evaluation is not there for anybody. */
async function removeAll(store: BlobStore, tenant: string, id: string, most: number): Promise<Removed> {
  await deletePlan(store, tenant, id);
  await deleteOpen(store, tenant, id);
  return removePrefix(store, evaluationPrefix(tenant, id), most);
}

async function removePrefix(store: BlobStore, prefix: string, most: number): Promise<Removed> {
  const { blobs, cursor } = await store.list({ prefix, limit: most });
  await inParallel(blobs, ({ key }) => store.delete(key));
  return { deleted: blobs.length, isEmpty: cursor === undefined };
}
