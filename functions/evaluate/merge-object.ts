import { fail, ok, type Result } from '../../shared/core/result.ts';
import type { TaskState } from '../../shared/metrics/task.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { ColumnMapping } from './columns.ts';
import { findFault, type Gathered, MAX_REJECTED_SHOWN, type RowCounts } from './gather-rows.ts';
import { readPart } from './part.ts';
import type { ObjectParts } from './part-chain.ts';
import { partKey } from './part-name.ts';
import type { Plan } from './plan.ts';
import type { BoundTask } from './tasks.ts';

/** Merges an object's parts behind `before`, and says its rows as one pass over it would, or why they can't be evaluated. */
export async function mergeObject(
  store: BlobStore,
  tenant: string,
  id: string,
  plan: Plan,
  task: BoundTask,
  object: ObjectParts,
  before: TaskState | null,
): Promise<Result<Gathered, string>> {
  let state = before;
  let rows: RowCounts = { read: 0, rejected: 0, firstRejected: [] };
  let columns: ColumnMapping | null = null;
  let lines = 0;
  for (const name of object.parts) {
    const part = await readPart(store, partKey(tenant, id, name));
    if (!part.ok) {
      const { reason, rows: counted } = part.failure;
      const fault = counted && findFault(joinCounts(rows, counted, lines), plan.maxRejected);
      return fail(fault?.detail ?? reason);
    }
    const restored = task.restore(part.value.state);
    if (state === null) state = restored;
    else state.merge(restored);
    rows = joinCounts(rows, part.value.rows, lines);
    if (part.value.rows.read > 0) columns ??= part.value.columns;
    lines += part.value.lines;
  }
  const fault = object.isDivided ? findFault(rows, plan.maxRejected) : null;
  if (fault !== null || state === null) return fail(fault?.detail ?? 'There are no rows.');
  return ok({ state, rows, columns: columns ?? {} });
}

/** Both counts, of which the later ones' lines begin behind `lines`. */
function joinCounts(before: RowCounts, later: RowCounts, lines: number): RowCounts {
  const moved = later.firstRejected.map(({ line, reason }) => ({ line: line + lines, reason }));
  return {
    read: before.read + later.read,
    rejected: before.rejected + later.rejected,
    firstRejected: [...before.firstRejected, ...moved].slice(0, MAX_REJECTED_SHOWN),
  };
}
