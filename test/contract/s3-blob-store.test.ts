import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeRequestBody } from '../../shared/adapters/aws/node-request-body.ts';
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

test('the same adapter works inside workerd', async () => {
  const answer = await fetch(new URL(server.endpoint).origin, { method: 'POST', body: server.endpoint });
  expect(await answer.json()).toEqual({
    written: 'written',
    content: { sizeBytes: 5_242_880, firstWrongByte: -1 },
    conflict: 'conflict',
    listed: [{ key: 'workerd/large', sizeBytes: 5_242_880 }],
    brokenError: 'StorageError',
    missing: 'missing',
  });
});

function optionsOf(s3: LocalS3): S3Options {
  return {
    bucket: s3.bucket,
    endpoint: s3.endpoint,
    credentials: s3.credentials,
    toRequestBody: nodeRequestBody,
  };
}
