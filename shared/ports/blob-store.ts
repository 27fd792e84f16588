/**
 * Object storage as Edgemark needs it: R2 on Cloudflare, S3 on AWS, memory in tests.
 * Expected outcomes are tagged; a network or service failure throws `StorageError`.
 */
export interface BlobStore {
  /** The object, or the part of it that `range` names. */
  get(key: string, range?: BlobRange): Promise<BlobFound | BlobMissing>;
  /** The object's metadata without its content. */
  head(key: string): Promise<BlobInfo | BlobMissing>;
  /**
   * Writes the whole object, if the condition holds. Readers see the old content or the new, never a part. After a `StorageError`
   * it may have been written all the same: only reading tells.
   */
  put(key: string, body: BlobBody, condition?: PutCondition): Promise<PutResult>;
  /** One page of keys in code-point order. */
  list(query: ListQuery): Promise<BlobPage>;
  /** Removes the object; removing what is not there is fine. */
  delete(key: string): Promise<void>;
}

/** Bytes `offset` (≥ 0) up to but not including `offset + length`; without `length` to the end. A range past the end is empty. */
export interface BlobRange {
  readonly offset: number;
  readonly length?: number;
}

/**
 * Stores need the size before a stream begins (R2 and S3 both refuse streams of unknown length). A stream that breaks or has another
 * length is a `StorageError`, and nothing is written.
 */
export type BlobBody =
  | Uint8Array<ArrayBuffer>
  | { readonly stream: ReadableStream<Uint8Array>; readonly sizeBytes: number };

/** At most one of: write only over the version with this ETag, or only where nothing is. */
export type PutCondition = { readonly ifMatch: string } | { readonly ifNoneMatch: '*' };

export interface BlobInfo {
  readonly kind: 'found';
  readonly key: string;
  /** Opaque, quotes removed. May repeat for equal content: mutable documents carry their own `revision`. */
  readonly etag: string;
  /** Of the whole object, also where a range was asked for. */
  readonly sizeBytes: number;
}

export interface BlobFound extends BlobInfo {
  /** The content (of the range) as a stream; read this or `bytes()`, once. Cancel it if neither is wanted: it holds a connection. */
  readonly body: ReadableStream<Uint8Array>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface BlobMissing {
  readonly kind: 'missing';
}

export type PutResult =
  | { readonly kind: 'written'; readonly etag: string }
  /** The condition did not hold: somebody else wrote first. Read again and decide anew. */
  | { readonly kind: 'conflict' }
  /** The store takes no more writes of this key for now (R2: one a second). Nothing was written. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

export interface ListQuery {
  readonly prefix: string;
  /** From the page before. */
  readonly cursor?: string;
  /** At most so many entries (keys and folders together), 1 to 1,000; a page may hold fewer although there is more. @default 1000 */
  readonly limit?: number;
  /** With `'/'`, keys below the next slash are folded into `folders`. */
  readonly delimiter?: '/';
}

export interface BlobPage {
  readonly blobs: readonly { readonly key: string; readonly etag: string; readonly sizeBytes: number }[];
  /** Folded prefixes, each ending in the delimiter; empty without one. */
  readonly folders: readonly string[];
  /** Present while there is more. */
  readonly cursor?: string;
}

/** Storage could not answer: time-out, network, credentials, service failure. `cause` is for the operator's log only. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  constructor(operation: string, key: string, options?: { cause?: unknown }) {
    super(`storage ${operation} of ${key} failed`, options);
  }
}
