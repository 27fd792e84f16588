import { fixedLengthBody } from '../../../shared/adapters/cloudflare/fixed-length-body.ts';
import { createS3BlobStore } from '../../../shared/adapters/web/s3-blob-store.ts';
import { checkPattern, patternStream } from '../byte-streams.ts';

const LARGE_BYTES = 5 * 1024 * 1024;
const BUCKET = 'edgemark-s3';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local-secret' };

/** Answers so that the test can tell when the server is up; POST exercises the S3 adapter and reports what it answered. */
export default {
  fetch: async (request) =>
    request.method === 'POST' ? Response.json(await exercise(request)) : new Response('ready'),
} satisfies ExportedHandler;

/** The body of the request is the endpoint. */
async function exercise(request: Request): Promise<Record<string, unknown>> {
  const endpoint = await request.text();
  const store = createS3BlobStore({
    bucket: BUCKET,
    endpoint,
    credentials: CREDENTIALS,
    toRequestBody: fixedLengthBody,
  });
  const written = await store.put('workerd/large', { stream: patternStream(LARGE_BYTES), sizeBytes: LARGE_BYTES });
  const found = await store.get('workerd/large');
  const conflict = await store.put('workerd/large', new Uint8Array(1), { ifNoneMatch: '*' });
  const { blobs } = await store.list({ prefix: 'workerd/' });
  const brokenError = await store
    .put('workerd/short', { stream: patternStream(10), sizeBytes: 20 })
    .catch((error: Error) => error.name);
  await store.delete('workerd/large');
  return {
    written: written.kind,
    content: found.kind === 'found' ? await checkPattern(found.body) : found,
    conflict: conflict.kind,
    listed: blobs.map(({ key, sizeBytes }) => ({ key, sizeBytes })),
    brokenError,
    missing: (await store.get('workerd/large')).kind,
  };
}
