import type { BlobStore } from '../../../shared/ports/blob-store.ts';
import { openS3Store } from './s3-store.ts';
import { findLocalBucket, findWorkers } from './workers.ts';

/** The bucket of a running `npm start`, over the S3 endpoint that wrangler serves beside the Workers. */
export function localStore(url: string): BlobStore {
  const { bucket, ...credentials } = findLocalBucket(findWorkers());
  return openS3Store({ bucket, endpoint: new URL('/cdn-cgi/local/r2/s3', url).href, credentials });
}
