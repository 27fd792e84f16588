import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { UrlSigner } from '../../ports/url-signer.ts';
import { type S3Options, s3ClientConfig } from './s3-blob-store.ts';

/** Presigned addresses of a bucket on S3, on R2 by its S3 address, or on a local server. `host` is the only header that is signed. */
export function createS3UrlSigner(options: Omit<S3Options, 'toRequestBody'>): UrlSigner {
  const client = new S3Client(s3ClientConfig(options));
  const at = { Bucket: options.bucket };
  return {
    toRead: (key, ttlSeconds) =>
      getSignedUrl(client, new GetObjectCommand({ ...at, Key: key }), { expiresIn: ttlSeconds }),
    toWrite: (key, ttlSeconds) =>
      getSignedUrl(client, new PutObjectCommand({ ...at, Key: key }), { expiresIn: ttlSeconds }),
  };
}
