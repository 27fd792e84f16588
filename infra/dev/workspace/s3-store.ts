import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createS3BlobStore, type S3Options } from '../../../shared/adapters/web/s3-blob-store.ts';
import type { BlobStore } from '../../../shared/ports/blob-store.ts';

/** A bucket over S3 (AWS, R2 or local), streaming as Node's HTTP client wants it. */
export function openS3Store(options: Omit<S3Options, 'toRequestBody'>): BlobStore {
  return createS3BlobStore({
    ...options,
    toRequestBody: (stream) => Readable.fromWeb(stream as NodeReadableStream<Uint8Array>),
  });
}
