import { z } from 'zod';
import type { Outcome } from '../../shared/core/failure.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { evaluationResultKey } from '../../shared/model/evaluation-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { ProgressAnswer, ShowQuery } from './contract.ts';
import type { EvaluateDeps } from './deps.ts';
import { readEventPlan } from './event-plan.ts';
import { deleteOpen } from './open-evaluation.ts';
import { listParts, rowsRead } from './part-name.ts';
import { readPlan } from './plan.ts';
import { type Manner, type Result, showResult } from './show.ts';
import { splitList } from './wishes.ts';

const FailureSchema = z.object({ key: z.string(), reason: z.string() });
type ObjectFailure = z.infer<typeof FailureSchema>;

/** `tenants/{tenant}/evaluations/{id}/result.json`: the result, or which objects could not be evaluated and why. */
const DocumentSchema = z.object({
  schemaVersion: z.literal(1),
  result: z.custom<Result>((value) => typeof value === 'object').optional(),
  failures: z.array(FailureSchema).optional(),
});

export type StoredEvaluation =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly failures: readonly ObjectFailure[]; readonly all: number }
  | { readonly kind: 'running'; readonly done: number; readonly all: number; readonly rows: number };

/** How far an evaluation is; null for one that was never begun. */
export async function readStored(store: BlobStore, tenant: string, id: string): Promise<StoredEvaluation | null> {
  const plan = await readPlan(store, tenant, id);
  if (plan === null && (await readEventPlan(store, tenant, id)) === null) return null;
  const all = plan?.objects.length ?? 1;
  const found = await store.get(evaluationResultKey(tenant, id));
  if (found.kind === 'missing') {
    const parts = await listParts(store, tenant, id);
    return { kind: 'running', done: new Set(parts.map(({ part }) => part)).size, all, rows: rowsRead(parts) };
  }
  const { result, failures = [] } = DocumentSchema.parse(fromJsonBytes(await found.bytes()));
  return result ? { kind: 'done', result } : { kind: 'failed', failures, all };
}

/** Whoever else writes it writes the same. */
export async function writeResult(
  store: BlobStore,
  tenant: string,
  id: string,
  document: { readonly result: Result } | { readonly failures: readonly ObjectFailure[] },
): Promise<void> {
  await store.put(evaluationResultKey(tenant, id), toJsonBytes({ schemaVersion: 1, ...document }), {
    ifNoneMatch: '*',
  });
  await deleteOpen(store, tenant, id);
}

export async function showEvaluation(
  deps: EvaluateDeps,
  id: string,
  query: ShowQuery,
  caller: Caller,
): Promise<Outcome<unknown>> {
  const stored = await readStored(deps.store, caller.tenant, id);
  if (stored === null) return fail({ kind: 'not-found', detail: `There is no evaluation "${id}".` });
  return showStored(
    stored,
    id,
    { ...query, metrics: query.metrics === undefined ? undefined : splitList(query.metrics) },
    caller,
  );
}

export function showStored(stored: StoredEvaluation, id: string, manner: Manner, caller: Caller): Outcome<unknown> {
  if (stored.kind === 'done') return showResult({ id, ...stored.result }, manner, caller);
  const { requestId } = caller;
  if (stored.kind === 'failed') {
    const { failures, all } = stored;
    const parts = { done: Math.max(0, all - failures.length), all };
    return ok({ status: 'failed', id, parts, failures: [...failures], requestId } satisfies ProgressAnswer);
  }
  const { done, all, rows } = stored;
  const progress: ProgressAnswer = { status: 'running', id, parts: { done, all }, rows: { read: rows }, requestId };
  return ok(new TextAnswer(JSON.stringify(progress), 'application/json', 202));
}
