import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createS3BlobStore, type S3Options } from '../../shared/adapters/web/s3-blob-store.ts';
import { StorageError } from '../../shared/ports/blob-store.ts';
import { describeBlobStore } from '../support/blob-store-contract.ts';
import { type LocalS3, startLocalS3 } from '../support/local-s3.ts';

let server: LocalS3;

beforeAll(async () => {
  server = await startLocalS3();
});

afterAll(() => server?.stop());

describeBlobStore('S3', () => createS3BlobStore(optionsOf(server)));

test('a wrong secret is a storage error, not a missing object', async () => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'another' };
  const store = createS3BlobStore({ ...optionsOf(server), credentials });
  await expect(store.get('anything')).rejects.toBeInstanceOf(StorageError);
  await expect(store.put('anything', new Uint8Array(1))).rejects.toBeInstanceOf(StorageError);
});

test('a bucket that does not exist is a storage error, not a missing object', async () => {
  const store = createS3BlobStore({ ...optionsOf(server), bucket: 'no-such-bucket' });
  await expect(store.get('anything')).rejects.toBeInstanceOf(StorageError);
});

function optionsOf(s3: LocalS3): S3Options {
  return {
    bucket: s3.bucket,
    endpoint: s3.endpoint,
    credentials: s3.credentials,
    toRequestBody: (stream) => Readable.fromWeb(stream as NodeReadableStream),
  };
}
