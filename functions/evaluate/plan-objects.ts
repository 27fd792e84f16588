import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { inParallel } from '../../shared/core/in-parallel.ts';
import { ok } from '../../shared/core/result.ts';
import type { BlobInfo, BlobStore } from '../../shared/ports/blob-store.ts';
import { MAX_OBJECT_BYTES, MAX_PARTS } from './contract.ts';
import { rowsKey, type StoredObject } from './plan.ts';
import { GZIP_MAGIC_BYTES, isGzip } from './read-file.ts';

/**
 * Bytes of a piece. A consumer reads as much in about a second of CPU time, so that an isolate that dies costs little, and a file of
 * a few hundred megabytes is already shared by several; the state that each piece leaves (up to 8 MB) and its two more requests to
 * storage are small beside it.
 */
export const PIECE_BYTES = 64 * 1024 * 1024;

/**
 * The objects with the ETags that they have now; large ones as pieces, if they are not gzipped: gzip can only be read from its beginning.
 * Of more than `MAX_PARTS` pieces come larger ones.
 */
export async function planObjects(
  store: BlobStore,
  tenant: string,
  keys: readonly string[],
  pieceBytes = PIECE_BYTES,
): Promise<Outcome<StoredObject[]>> {
  const found = await inParallel(keys, (key) => store.head(rowsKey(tenant, key)));
  const planned: StoredObject[] = [];
  const isLarge = (info: BlobInfo) => info.sizeBytes > pieceBytes;
  const gzipped = await inParallel(
    found,
    async (info) => info.kind === 'found' && isLarge(info) && isPacked(store, info),
  );
  const total = found.reduce((sum, info) => sum + (info.kind === 'found' ? info.sizeBytes : 0), 0);
  // Each object has one piece more than its share at most.
  const chosenBytes = Math.max(pieceBytes, Math.ceil(total / (MAX_PARTS - keys.length)));
  if (chosenBytes > MAX_OBJECT_BYTES)
    return invalidField(
      'source.keys',
      `come to ${total} bytes; divided, a piece would have ${chosenBytes}, and may have ${MAX_OBJECT_BYTES}`,
    );
  for (const [place, key] of keys.entries()) {
    const info = found[place];
    const pointer = `source.keys[${place}]`;
    if (info?.kind !== 'found') return invalidField(pointer, `there is no object "${key}"`);
    const isWhole = gzipped[place] === true || info.sizeBytes <= chosenBytes;
    if (isWhole && info.sizeBytes > MAX_OBJECT_BYTES)
      return invalidField(
        pointer,
        `has ${info.sizeBytes} bytes gzipped; such an object may have ${MAX_OBJECT_BYTES}. Make several of it, or unpack it.`,
      );
    const object = { key, etag: info.etag };
    if (isWhole) planned.push(object);
    else for (const piece of divide(info.sizeBytes, chosenBytes)) planned.push({ ...object, piece });
  }
  return ok(planned);
}

/** Pieces of about the same size. */
function divide(sizeBytes: number, pieceBytes: number): NonNullable<StoredObject['piece']>[] {
  const count = Math.ceil(sizeBytes / pieceBytes);
  const cut = (place: number) => Math.round((place * sizeBytes) / count);
  return Array.from({ length: count }, (_, place) => ({ offset: cut(place), end: cut(place + 1) }));
}

/** An object that is gone meanwhile is as good as another: its part says so. */
async function isPacked(store: BlobStore, { key }: BlobInfo): Promise<boolean> {
  const begin = await store.get(key, { offset: 0, length: GZIP_MAGIC_BYTES });
  return begin.kind === 'found' && isGzip(await begin.bytes());
}
