import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeRequestBody } from '../../shared/adapters/aws/node-request-body.ts';
import { createS3BlobStore } from '../../shared/adapters/web/s3-blob-store.ts';
import { createS3UrlSigner } from '../../shared/adapters/web/s3-url-signer.ts';
import { type LocalS3, startLocalS3 } from '../support/local-s3.ts';

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
});
afterAll(() => s3.stop());

test('who has only the address writes and reads the object, and no other', async () => {
  const signer = createS3UrlSigner(s3);
  const key = 'tenants/acme/jobs/0a/rounds/0001/pack/onnx/model quantized+1.onnx';
  const put = await fetch(await signer.toWrite(key, 60), { method: 'PUT', body: new Uint8Array([1, 2, 3]) });
  expect(put.status).toBe(200);
  const read = await signer.toRead(key, 60);
  expect(new Uint8Array(await (await fetch(read)).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  const found = await createS3BlobStore({ ...s3, toRequestBody: nodeRequestBody }).get(key);
  expect(found).toMatchObject({ kind: 'found', sizeBytes: 3 });
  expect((await fetch(read.replace('model', 'other'))).status).toBe(403);
  expect((await fetch(read, { method: 'PUT', body: 'x' })).status).toBe(403);
});

test('what is not there is 404: a cancel word that nobody wrote', async () => {
  expect((await fetch(await createS3UrlSigner(s3).toRead('nothing.json', 60))).status).toBe(404);
});

test('an address ends with its time', async () => {
  const url = await createS3UrlSigner(s3).toRead('nothing.json', 1);
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  expect((await fetch(url)).status).toBe(403);
});
