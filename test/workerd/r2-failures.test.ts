import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createR2BlobStore } from '../../shared/adapters/cloudflare/r2-blob-store.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';

const HELLO = Uint8Array.of(1, 2, 3);

/** Local R2 never throttles or fails, so these answers are played by hand, worded as R2 words them. */
function storeThatFails(message: string): BlobStore {
  const failing = () => Promise.reject(new Error(message));
  const bucket: Partial<R2Bucket> = { get: failing, head: failing, put: failing, list: failing, delete: failing };
  return createR2BlobStore({ bucket: bucket as R2Bucket });
}

describe('a write that R2 answers with 10058', () => {
  const store = storeThatFails('put: Reduce your concurrent request rate for the same object. (10058)');

  test('is throttled, not failed', async () => {
    expect(await store.put('a', HELLO)).toEqual({ kind: 'throttled', retryAfterSeconds: 1 });
  });

  test('is throttled as a stream too', async () => {
    const body = { stream: new Blob([HELLO]).stream(), sizeBytes: 3 };
    expect(await store.put('a', body)).toEqual({ kind: 'throttled', retryAfterSeconds: 1 });
  });
});

describe('any other failure of R2 is a storage error that keeps its cause', () => {
  const message = 'We encountered an internal error. Please try again. (10001)';
  const store = storeThatFails(message);

  test.each([
    ['get', () => store.get('a')],
    ['get of a range', () => store.get('a', { offset: 1 })],
    ['head', () => store.head('a')],
    ['put', () => store.put('a', HELLO)],
    ['list', () => store.list({ prefix: '' })],
    ['delete', () => store.delete('a')],
  ])('%s', async (_, call) => {
    const error = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StorageError);
    expect((error as StorageError).message).not.toContain('10001');
    expect((error as StorageError).cause).toMatchObject({ message });
  });
});

test('a range that fails for another reason than its bounds is a storage error', async () => {
  await env.BUCKET.put('digits', '0123456789');
  const bucket: Partial<R2Bucket> = {
    get: () => Promise.reject(new Error('get: Unspecified error (0)')),
    head: (key) => env.BUCKET.head(key),
  };
  const store = createR2BlobStore({ bucket: bucket as R2Bucket });
  await expect(store.get('digits', { offset: 3 })).rejects.toBeInstanceOf(StorageError);
  expect(await store.get('digits', { offset: 10 })).toMatchObject({ kind: 'found', sizeBytes: 10 });
});
