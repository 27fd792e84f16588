import { fail, ok, type Result } from '../../shared/core/result.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { catchRowsError } from './evaluate.ts';
import { gatherPiece } from './gather-piece.ts';
import { createGatherer, type Gathered, type Gatherer } from './gather-rows.ts';
import { chunksOf, objectReader } from './object-bytes.ts';
import type { PartFailure } from './part.ts';
import type { PartName } from './part-name.ts';
import { type Plan, rowsKey, type StoredObject } from './plan.ts';
import { gatherFile, streamFrom } from './read-file.ts';
import type { BoundTask } from './tasks.ts';

/** What is stored of an object, or of a piece of one. */
export interface ObjectGathered {
  readonly part: Result<Gathered & { readonly lines?: number }, PartFailure>;
  readonly name: Omit<PartName, 'part'>;
}

/** Gathers an object's rows, or a piece's: those from `from` on, where that is known. Throws where storage fails, so that it is tried again. */
export function gatherObject(
  store: BlobStore,
  tenant: string,
  plan: Plan,
  object: StoredObject,
  task: BoundTask,
  from?: number,
): Promise<ObjectGathered> {
  const key = rowsKey(tenant, object.key);
  const { etag, piece } = object;
  return piece
    ? gatherPieceOf(store, key, etag, { ...piece, ...(from === undefined ? {} : { from }) }, plan, task)
    : gatherWhole(store, key, etag, plan, task);
}

async function gatherPieceOf(
  store: BlobStore,
  key: string,
  etag: string,
  piece: Parameters<typeof gatherPiece>[1],
  plan: Plan,
  task: BoundTask,
): Promise<ObjectGathered> {
  let counting: Gatherer | undefined;
  let beganAt = piece.from ?? piece.offset;
  const gathered = await catchRowsError(() =>
    gatherPiece(objectReader(store, key, etag), piece, task, plan, (gatherer, at) => {
      counting = gatherer;
      beganAt = at;
    }),
  );
  if (gathered.ok) {
    const { rows, endedAt, ...rest } = gathered.value;
    return { part: ok({ ...rest, rows }), name: { beganAt: rest.beganAt, endedAt, read: rows.read } };
  }
  const rows = counting?.counts;
  const isTooMany = rows !== undefined && rows.rejected > plan.maxRejected;
  const failure = { reason: gathered.failure.detail, ...(isTooMany ? { rows } : {}) };
  return { part: fail(failure), name: { beganAt, endedAt: null, read: rows?.read ?? 0 } };
}

async function gatherWhole(
  store: BlobStore,
  key: string,
  etag: string,
  plan: Plan,
  task: BoundTask,
): Promise<ObjectGathered> {
  const failed = (reason: string, read = 0): ObjectGathered => ({
    part: fail({ reason }),
    name: { beganAt: 0, endedAt: null, read },
  });
  const found = await store.get(key);
  if (found.kind === 'missing') return failed('is gone since the evaluation began');
  if (found.etag !== etag) {
    await found.body.cancel();
    return failed('was changed since the evaluation began');
  }
  const gatherer = createGatherer(task, plan);
  let broken: unknown;
  const body = streamFrom(watched(chunksOf(found.body, key), (error) => (broken = error)));
  const gathered = await catchRowsError(() => gatherFile(body, gatherer, undefined));
  // Behind gzip it would look as if the file were broken.
  if (broken instanceof StorageError) throw broken;
  if (!gathered.ok) return failed(gathered.failure.detail, gatherer.counts.read);
  const { read } = gathered.value.rows;
  return { part: gathered, name: { beganAt: 0, endedAt: 0, read } };
}

async function* watched<T>(items: AsyncIterable<T>, onError: (error: unknown) => void): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    onError(error);
    throw error;
  }
}
