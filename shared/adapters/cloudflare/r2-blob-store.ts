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
  type PutResult,
  StorageError,
} from '../../ports/blob-store.ts';
import { storageCall, withoutContent } from '../web/storage-call.ts';

/** R2's error code: https://developers.cloudflare.com/r2/api/error-codes/ */
const TOO_MANY_WRITES_OF_KEY = 10058;
/** R2 takes one write a second per key: https://developers.cloudflare.com/r2/platform/limits/ */
const WRITE_INTERVAL_SECONDS = 1;

const MISSING: BlobMissing = { kind: 'missing' };

/** Object storage in an R2 bucket, through its binding. */
export function createR2BlobStore(options: { readonly bucket: R2Bucket }): BlobStore {
  const { bucket } = options;
  const head = async (key: string): Promise<BlobInfo | BlobMissing> => {
    const object = await storageCall('head', key, () => bucket.head(key));
    return object ? info(object) : MISSING;
  };
  return {
    head,
    async get(key, range) {
      if (range) return getRange(bucket, key, range, head);
      const object = await storageCall('get', key, () => bucket.get(key));
      return object ? found(object) : MISSING;
    },
    put: (key, body, condition) => put(bucket, key, body, condition),
    async list(query) {
      return toPage(await storageCall('list', query.prefix, () => bucket.list(toR2List(query))));
    },
    async delete(key) {
      await storageCall('delete', key, () => bucket.delete(key));
    },
  };
}

/**
 * R2 refuses ranges that hold no bytes: none asked for, past the end (10039), or of an empty object (which local R2 answers with an
 * unspecified error). The object's size tells these from a failure.
 */
async function getRange(
  bucket: R2Bucket,
  key: string,
  range: BlobRange,
  head: BlobStore['head'],
): Promise<BlobFound | BlobMissing> {
  if (range.length === 0) return withoutContent(await head(key));
  try {
    const object = await bucket.get(key, { range: toR2Range(range) });
    return object ? found(object) : MISSING;
  } catch (cause) {
    const whole = await head(key);
    if (whole.kind === 'missing' || range.offset >= whole.sizeBytes) return withoutContent(whole);
    throw new StorageError('get', key, { cause });
  }
}

async function put(bucket: R2Bucket, key: string, body: BlobBody, condition?: PutCondition): Promise<PutResult> {
  const options = condition ? { onlyIf: toR2Condition(condition) } : {};
  try {
    const object = await (body instanceof Uint8Array
      ? bucket.put(key, body, options)
      : putStream(bucket, key, body, options));
    return object ? { kind: 'written', etag: object.etag } : { kind: 'conflict' };
  } catch (cause) {
    if (r2Code(cause) !== TOO_MANY_WRITES_OF_KEY) throw new StorageError('put', key, { cause });
    return { kind: 'throttled', retryAfterSeconds: WRITE_INTERVAL_SECONDS };
  }
}

/** A put whose condition fails need not read the stream, so the pipe is ended when the put is. */
async function putStream(
  bucket: R2Bucket,
  key: string,
  body: Exclude<BlobBody, Uint8Array>,
  options: R2PutOptions,
): Promise<R2Object | null> {
  const { readable, writable } = new FixedLengthStream(body.sizeBytes);
  const ended = new AbortController();
  const piped = body.stream.pipeTo(writable, { signal: ended.signal });
  // A broken source breaks `readable` too, so the put reports it.
  piped.catch(() => {});
  try {
    return await bucket.put(key, readable, options);
  } finally {
    ended.abort();
  }
}

function info(object: R2Object): BlobInfo {
  return { kind: 'found', key: object.key, etag: object.etag, sizeBytes: object.size };
}

function found(object: R2ObjectBody): BlobFound {
  return {
    ...info(object),
    body: object.body,
    bytes: async () => new Uint8Array(await storageCall('read', object.key, () => object.arrayBuffer())),
  };
}

function toR2Range(range: BlobRange): R2Range {
  return range.length === undefined ? { offset: range.offset } : { offset: range.offset, length: range.length };
}

function toR2Condition(condition: PutCondition): R2Conditional {
  return 'ifMatch' in condition ? { etagMatches: condition.ifMatch } : { etagDoesNotMatch: condition.ifNoneMatch };
}

function toR2List(query: ListQuery): R2ListOptions {
  const { prefix, cursor, limit, delimiter } = query;
  return {
    prefix,
    ...(cursor !== undefined && { cursor }),
    ...(limit !== undefined && { limit }),
    ...(delimiter !== undefined && { delimiter }),
  };
}

function toPage(listed: R2Objects): BlobPage {
  return {
    blobs: listed.objects.map(({ key, etag, size }) => ({ key, etag, sizeBytes: size })),
    folders: listed.delimitedPrefixes,
    ...(listed.truncated && { cursor: listed.cursor }),
  };
}

/** R2 puts its code at the end of the message: `put: Reduce your rate of simultaneous writes on the same object. (10058)`. */
function r2Code(error: unknown): number | undefined {
  const digits = error instanceof Error ? /\((\d{5})\)$/.exec(error.message)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}
