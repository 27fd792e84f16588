import { gunzip, gzip } from '../core/gzip.ts';
import { sha256Hex } from '../core/hex.ts';
import { toUtf8 } from '../core/json-bytes.ts';
import { type BlobStore, StorageError } from '../ports/blob-store.ts';
import { listBlobs, listFolders } from '../ports/list-all.ts';
import { type PartFamily, partKey, partsPrefix } from './customer-keys.ts';
import { toNdjson } from './event.ts';
import { liveParts, readMerges } from './part-merges.ts';

/** Tries of one part's write. */
const MAX_WRITES = 3;

/** A line of a part: what the family says, and when it arrived. */
export interface PartLine {
  readonly receivedAt: string;
}

/** A part that is listed. */
export interface ListedPart {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The part's name: the digest of its lines without the moments of arrival, so that a request that is repeated makes it again. */
export function partDigest(lines: readonly PartLine[]): Promise<string> {
  return sha256Hex(toNdjson(lines.map(({ receivedAt: _, ...line }) => line)));
}

/** Writes lines as one part, unless it is there; returns its name. Throws `StorageError` where it may not be durable. */
export async function writePart(
  store: BlobStore,
  place: { readonly tenant: string; readonly family: PartFamily; readonly date: string },
  lines: readonly PartLine[],
): Promise<string> {
  const sha256 = await partDigest(lines);
  await storePart(store, partKey(place.tenant, place.family, place.date, sha256), lines);
  return sha256;
}

/** Content never differs under one name but in the moment of arrival: the first one stays. */
export async function storePart(store: BlobStore, key: string, lines: readonly PartLine[]): Promise<void> {
  const body = await gzip(toUtf8(toNdjson(lines)));
  for (let attempt = 1; ; attempt++) {
    try {
      const written = await store.put(key, body, { ifNoneMatch: '*' });
      if (written.kind !== 'throttled' || (await store.head(key)).kind === 'found') return;
      if (attempt === MAX_WRITES) throw new StorageError('put', key, { cause: new Error('throttled') });
    } catch (error) {
      // A conditional write may have been done although its answer was lost: trying again tells.
      if (!(error instanceof StorageError) || attempt === MAX_WRITES) throw error;
    }
  }
}

/** A part's lines, or `null` where it is not there. Lines are as they were written here, so they are not checked again. */
export async function readPart<L extends PartLine>(store: BlobStore, key: string): Promise<L[] | null> {
  const found = await store.get(key);
  if (found.kind === 'missing') return null;
  const text = new TextDecoder().decode(await gunzip(await found.bytes()));
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as L);
}

/** Every part of a day that is there, replaced ones too. */
export async function listParts(
  store: BlobStore,
  tenant: string,
  family: PartFamily,
  date: string,
): Promise<ListedPart[]> {
  return (await listBlobs(store, partsPrefix(tenant, family, date))).flatMap(({ key, sizeBytes }) => {
    const sha256 = /([0-9a-f]{64})\.ndjson\.gz$/.exec(key)?.[1];
    return sha256 === undefined ? [] : [{ sha256, sizeBytes }];
  });
}

/**
 * The parts to read for a day's lines, each line once. A part may be gone when it is read, because it was merged in between: list
 * again then. Senders may have told the same event in two requests: by `eventId` it is the same one.
 */
export async function listLiveParts(
  store: BlobStore,
  tenant: string,
  family: PartFamily,
  date: string,
): Promise<ListedPart[]> {
  const listed = await listParts(store, tenant, family, date);
  const { merges } = await readMerges(store, tenant, family, date);
  const live = new Set(
    liveParts(
      listed.map(({ sha256 }) => sha256),
      merges,
    ),
  );
  return listed.filter(({ sha256 }) => live.has(sha256));
}

/** The days that have parts, oldest first, as `YYYY-MM-DD`. */
export async function listDays(store: BlobStore, tenant: string, family: PartFamily): Promise<string[]> {
  const folders = await listFolders(store, partsPrefix(tenant, family));
  return folders.flatMap((folder) => /^dt=(\d{4}-\d{2}-\d{2})$/.exec(folder)?.[1] ?? []);
}
