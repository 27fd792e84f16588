import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { decodeSavedState, encodeSavedState } from '../../shared/metrics/saved-state.ts';
import type { Json, SavedState } from '../../shared/metrics/task.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Gathered } from './gather-rows.ts';
import { partKey } from './plan.ts';

const HeadSchema = z.object({
  rows: z.object({
    read: z.int(),
    rejected: z.int(),
    firstRejected: z.array(z.object({ line: z.int(), reason: z.string() })),
  }),
  columns: z.record(z.string(), z.string()),
});

/** What one object's rows came to. */
export interface Part extends z.infer<typeof HeadSchema> {
  readonly state: SavedState;
}

/** The object's rows, or why they can't be evaluated, whoever tries. */
export type PartResult = Result<Part, string>;

/** A saved state (`shared/metrics/saved-state.ts`) whose fields are `head` and `state`, or `failure`. */
export function encodePart(gathered: Result<Gathered, string>): Uint8Array<ArrayBuffer> {
  if (!gathered.ok) return encodeSavedState({ fields: { failure: gathered.failure }, arrays: {} });
  const { state, rows, columns } = gathered.value;
  const { fields, arrays } = state.save();
  return encodeSavedState({ fields: { head: { rows, columns } as unknown as Json, state: fields }, arrays });
}

/** Throws where the part is missing or damaged: it was listed, and written whole. */
export async function readPart(store: BlobStore, tenant: string, id: string, part: number): Promise<PartResult> {
  const key = partKey(tenant, id, part);
  const found = await store.get(key);
  if (found.kind === 'missing') throw new Error(`${key} is missing`);
  const decoded = decodeSavedState(await found.bytes());
  if (!decoded.ok) throw new Error(`${key}: ${decoded.failure}`);
  const { fields, arrays } = decoded.value;
  if (typeof fields['failure'] === 'string') return fail(fields['failure']);
  const state: SavedState = { fields: fields['state'] as SavedState['fields'], arrays };
  return ok({ ...HeadSchema.parse(fields['head']), state });
}
