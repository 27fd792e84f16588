import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
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
import { exactLength } from './exact-length.ts';
import { s3FailureKind, s3RetryAfterSeconds } from './s3-failure.ts';
import { storageCall, withoutContent } from './storage-call.ts';

/** Where the bucket is and how to reach it. */
export interface S3Options {
  readonly bucket: string;
  /** @default 'auto' (R2 and local servers) */
  readonly region?: string;
  /** Base address of an S3 server other than AWS; its buckets are addressed by path. */
  readonly endpoint?: string;
  /** Left out on AWS: the role of the function is taken. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * Turns a web stream into a request body of known length, as the platform's HTTP client wants it:
   * `Readable.fromWeb` in Node, a pipe through `FixedLengthStream` in workerd.
   */
  readonly toRequestBody: (stream: ReadableStream<Uint8Array>, sizeBytes: number) => unknown;
}

type PutBody = NonNullable<ConstructorParameters<typeof PutObjectCommand>[0]['Body']>;

const MISSING: BlobMissing = { kind: 'missing' };
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Object storage in an S3 bucket, or in R2 by its S3 address; in Node and in workerd. */
export function createS3BlobStore(options: S3Options): BlobStore {
  const client = new S3Client(s3ClientConfig(options));
  const at = { Bucket: options.bucket };
  const head = async (key: string): Promise<BlobInfo | BlobMissing> => {
    try {
      const answer = await client.send(new HeadObjectCommand({ ...at, Key: key }));
      return { kind: 'found', key, etag: unquoted(answer.ETag), sizeBytes: answer.ContentLength ?? 0 };
    } catch (cause) {
      if (s3FailureKind(cause) === 'missing') return MISSING;
      throw new StorageError('head', key, { cause });
    }
  };
  return {
    head,
    async get(key, range) {
      // HTTP has no range of no bytes.
      if (range?.length === 0) return withoutContent(await head(key));
      try {
        return found(key, await client.send(new GetObjectCommand({ ...at, Key: key, ...(range && toRange(range)) })));
      } catch (cause) {
        const kind = s3FailureKind(cause);
        if (kind === 'missing') return MISSING;
        if (kind === 'range-not-satisfiable') return withoutContent(await head(key));
        throw new StorageError('get', key, { cause });
      }
    },
    put: (key, body, condition) => put(client, options, key, body, condition),
    async list(query) {
      return toPage(await storageCall('list', query.prefix, () => client.send(toList(options.bucket, query))));
    },
    async delete(key) {
      await storageCall('delete', key, () => client.send(new DeleteObjectCommand({ ...at, Key: key })));
    },
  };
}

/** How the SDK is set up for every bucket. */
export function s3ClientConfig(options: Omit<S3Options, 'toRequestBody'>): S3ClientConfig {
  return {
    region: options.region ?? 'auto',
    ...(options.endpoint !== undefined && { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials && { credentials: options.credentials }),
    // One layer retries: the resilient store around this one. Layers that each retry multiply the load of an outage.
    maxAttempts: 1,
    // Every failure reaches the caller; the SDK's lines on the console would be neither structured nor new.
    logger: SILENT,
    // Checksum trailers need chunked signing of streams, which not every S3 server understands; packs carry their own sha256.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}

async function put(
  client: S3Client,
  options: S3Options,
  key: string,
  body: BlobBody,
  condition?: PutCondition,
): Promise<PutResult> {
  const failing = new AbortController();
  const sizeBytes = body instanceof Uint8Array ? body.length : body.sizeBytes;
  const command = new PutObjectCommand({
    Bucket: options.bucket,
    Key: key,
    Body: body instanceof Uint8Array ? body : toPutBody(options, body, failing),
    ContentLength: sizeBytes,
    ...toCondition(condition),
  });
  try {
    const answer = await client.send(command, { abortSignal: failing.signal });
    return { kind: 'written', etag: unquoted(answer.ETag) };
  } catch (cause) {
    return refusedPut(key, failing.signal.aborted ? failing.signal.reason : cause, condition);
  }
}

/** Aborts the request when the source breaks: it would stay open, waiting for bytes that never come. */
function toPutBody(options: S3Options, body: Exclude<BlobBody, Uint8Array>, failing: AbortController): PutBody {
  const watched = exactLength(body.stream, body.sizeBytes, (cause) => failing.abort(cause));
  return options.toRequestBody(watched, body.sizeBytes) as PutBody;
}

function refusedPut(key: string, cause: unknown, condition?: PutCondition): PutResult {
  const kind = s3FailureKind(cause);
  if (kind === 'conflict') return { kind: 'conflict' };
  // If-Match on an object that is gone answers 404.
  if (kind === 'missing' && condition) return { kind: 'conflict' };
  if (kind === 'throttled') return { kind: 'throttled', retryAfterSeconds: s3RetryAfterSeconds(cause) };
  throw new StorageError('put', key, { cause });
}

function found(key: string, answer: GetObjectCommandOutput): BlobFound {
  const content = answer.Body;
  if (!content) throw new StorageError('get', key, { cause: new Error('answer without a body') });
  let stream: ReadableStream<Uint8Array> | undefined;
  return {
    kind: 'found',
    key,
    etag: unquoted(answer.ETag),
    sizeBytes: wholeSize(answer),
    get body() {
      const body: ReadableStream<Uint8Array> = stream ?? content.transformToWebStream();
      stream = body;
      return body;
    },
    bytes: () => storageCall('read', key, async () => new Uint8Array(await content.transformToByteArray())),
  };
}

/** Of a range, `Content-Range: bytes 0-9/1234` tells the object's own size (RFC 9110 section 14.4). */
function wholeSize(answer: GetObjectCommandOutput): number {
  const total = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
  return total === undefined ? (answer.ContentLength ?? 0) : Number(total);
}

function toRange(range: BlobRange): { Range: string } {
  const last = range.length === undefined ? '' : range.offset + range.length - 1;
  return { Range: `bytes=${range.offset}-${last}` };
}

function toCondition(condition: PutCondition | undefined): { IfMatch?: string; IfNoneMatch?: string } {
  if (!condition) return {};
  return 'ifMatch' in condition ? { IfMatch: `"${condition.ifMatch}"` } : { IfNoneMatch: condition.ifNoneMatch };
}

function toList(bucket: string, query: ListQuery): ListObjectsV2Command {
  return new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: query.prefix,
    ...(query.cursor !== undefined && { ContinuationToken: query.cursor }),
    ...(query.limit !== undefined && { MaxKeys: query.limit }),
    ...(query.delimiter !== undefined && { Delimiter: query.delimiter }),
  });
}

function toPage(answer: ListObjectsV2CommandOutput): BlobPage {
  return {
    blobs: (answer.Contents ?? []).map((object) => ({
      key: object.Key ?? '',
      etag: unquoted(object.ETag),
      sizeBytes: object.Size ?? 0,
    })),
    folders: (answer.CommonPrefixes ?? []).map((folder) => folder.Prefix ?? ''),
    ...(answer.NextContinuationToken !== undefined && { cursor: answer.NextContinuationToken }),
  };
}

function unquoted(etag: string | undefined): string {
  return (etag ?? '').replace(/^(?:W\/)?"(.*)"$/, '$1');
}
