import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { decodeSavedState, encodeSavedState } from '../../shared/metrics/saved-state.ts';
import type { Json, SavedState } from '../../shared/metrics/task.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Gathered, RowCounts } from './gather-rows.ts';

const RowCountsSchema = z.object({
  read: z.int(),
  rejected: z.int(),
  firstRejected: z.array(z.object({ line: z.int(), reason: z.string() })),
});

const HeadSchema = z.object({
  rows: RowCountsSchema,
  columns: z.record(z.string(), z.string()),
  /** Of a piece: the lines that it took. */
  lines: z.int().default(0),
});

/** What the rows of an object, or of a piece of one, came to. */
export interface Part extends z.infer<typeof HeadSchema> {
  readonly state: SavedState;
}

/** Why rows can't be evaluated, whoever tries. */
export interface PartFailure {
  readonly reason: string;
  /** Where more rows were rejected than may be: what was counted until then. */
  readonly rows?: RowCounts;
}

export type PartResult = Result<Part, PartFailure>;

/** A saved state (`shared/metrics/saved-state.ts`) whose fields are `head` and `state`, or `failure` and perhaps `rows`. */
export function encodePart(
  gathered: Result<Gathered & { readonly lines?: number }, PartFailure>,
): Uint8Array<ArrayBuffer> {
  if (!gathered.ok) {
    const { reason, rows } = gathered.failure;
    const fields = { failure: reason, ...(rows ? { rows: rows as unknown as Json } : {}) };
    return encodeSavedState({ fields, arrays: {} });
  }
  const { state, rows, columns, lines = 0 } = gathered.value;
  const { fields, arrays } = state.save();
  return encodeSavedState({ fields: { head: { rows, columns, lines } as unknown as Json, state: fields }, arrays });
}

/** Throws where the part is missing or damaged: it was listed, and written whole. */
export async function readPart(store: BlobStore, key: string): Promise<PartResult> {
  const found = await store.get(key);
  if (found.kind === 'missing') throw new Error(`${key} is missing`);
  const decoded = decodeSavedState(await found.bytes());
  if (!decoded.ok) throw new Error(`${key}: ${decoded.failure}`);
  const { fields, arrays } = decoded.value;
  const reason = fields['failure'];
  const rows = fields['rows'];
  if (typeof reason === 'string')
    return fail({ reason, ...(rows === undefined ? {} : { rows: RowCountsSchema.parse(rows) }) });
  const state: SavedState = { fields: fields['state'] as SavedState['fields'], arrays };
  return ok({ ...HeadSchema.parse(fields['head']), state });
}
