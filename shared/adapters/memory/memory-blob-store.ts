import { compareCodePoints } from '../../core/code-point-order.ts';
import { sha256Hex } from '../../core/hex.ts';
import { readStream, streamOf } from '../../core/read-stream.ts';
import {
  type BlobBody,
  type BlobFound,
  type BlobInfo,
  type BlobMissing,
  type BlobPage,
  type BlobRange,
  type BlobStore,
  type ListQuery,
  type PutCondition,
  StorageError,
} from '../../ports/blob-store.ts';

const MISSING: BlobMissing = { kind: 'missing' };

interface Stored {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** Object storage in memory, for tests. ETags are hashes of the content, so they repeat for equal content as real ones do. */
export function createMemoryBlobStore(): BlobStore {
  const objects = new Map<string, Stored>();
  return {
    async get(key, range) {
      const stored = objects.get(key);
      return stored ? found(key, stored, range) : MISSING;
    },
    async head(key) {
      const stored = objects.get(key);
      return stored ? info(key, stored) : MISSING;
    },
    async put(key, body, condition) {
      const bytes = await contentOf(key, body);
      const etag = (await sha256Hex(bytes)).slice(0, 32);
      // Nothing is awaited between check and write: of two writers one wins.
      if (!holds(condition, objects.get(key))) return { kind: 'conflict' };
      objects.set(key, { bytes, etag });
      return { kind: 'written', etag };
    },
    async list(query) {
      return page(objects, query);
    },
    async delete(key) {
      objects.delete(key);
    },
  };
}

function info(key: string, stored: Stored): BlobInfo {
  return { kind: 'found', key, etag: stored.etag, sizeBytes: stored.bytes.length };
}

function found(key: string, stored: Stored, range?: BlobRange): BlobFound {
  const start = range?.offset ?? 0;
  const part = stored.bytes.slice(start, range?.length === undefined ? undefined : start + range.length);
  let body: ReadableStream<Uint8Array> | undefined;
  return {
    ...info(key, stored),
    get body() {
      body ??= streamOf(part);
      return body;
    },
    bytes: async () => part,
  };
}

async function contentOf(key: string, body: BlobBody): Promise<Uint8Array<ArrayBuffer>> {
  if (body instanceof Uint8Array) return body.slice();
  const bytes = await readStream(body.stream, body.sizeBytes).catch((cause) => {
    throw new StorageError('put', key, { cause });
  });
  if (bytes.length === body.sizeBytes) return bytes;
  throw new StorageError('put', key, { cause: new Error(`stream of ${bytes.length} bytes, stated ${body.sizeBytes}`) });
}

function holds(condition: PutCondition | undefined, current: Stored | undefined): boolean {
  if (!condition) return true;
  return 'ifMatch' in condition ? current?.etag === condition.ifMatch : current === undefined;
}

/** The cursor is the last key or folder given out. */
function page(objects: ReadonlyMap<string, Stored>, query: ListQuery): BlobPage {
  const limit = query.limit ?? 1000;
  const keys = [...objects.keys()].filter((key) => key.startsWith(query.prefix)).sort(compareCodePoints);
  const blobs: { key: string; etag: string; sizeBytes: number }[] = [];
  const folders: string[] = [];
  let last = query.cursor;
  for (const key of keys) {
    const folder = folderOf(key, query);
    const entry = folder ?? key;
    if (last !== undefined && compareCodePoints(entry, last) <= 0) continue;
    if (blobs.length + folders.length === limit) return { blobs, folders, cursor: last as string };
    if (folder !== undefined) folders.push(folder);
    else blobs.push(listed(key, objects.get(key) as Stored));
    last = entry;
  }
  return { blobs, folders };
}

function listed(key: string, stored: Stored): { key: string; etag: string; sizeBytes: number } {
  return { key, etag: stored.etag, sizeBytes: stored.bytes.length };
}

function folderOf(key: string, query: ListQuery): string | undefined {
  if (!query.delimiter) return undefined;
  const end = key.indexOf(query.delimiter, query.prefix.length);
  return end < 0 ? undefined : key.slice(0, end + 1);
}
