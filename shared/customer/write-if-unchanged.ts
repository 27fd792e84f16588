import type { Outcome } from '../core/failure.ts';
import { toJsonBytes } from '../core/json-bytes.ts';
import { fail, ok } from '../core/result.ts';
import type { BlobStore, PutCondition } from '../ports/blob-store.ts';

/** Writes a tenant's document if it is still as it was read: of two writers one is told. `what` names it to the caller. */
export async function writeIfUnchanged(
  store: BlobStore,
  key: string,
  document: { readonly revision: string },
  condition: PutCondition,
  what: string,
): Promise<Outcome<void>> {
  const written = await store.put(key, toJsonBytes(document), condition);
  if (written.kind === 'written') return ok(undefined);
  if (written.kind === 'conflict') return changedMeanwhile(what);
  const detail = `Storage takes no more writes of ${what} at the moment.`;
  return fail({ kind: 'unavailable', detail, retryAfterSeconds: written.retryAfterSeconds });
}

/** Whoever asks decided by what is no more. */
export function changedMeanwhile(what: string): Outcome<never> {
  const detail = `Somebody else changed ${what} meanwhile. Read it again, and send the revision that it has then.`;
  return fail({ kind: 'conflict', detail });
}
