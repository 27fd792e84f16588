import { expect, test } from 'vitest';
import { consume } from '../../functions/prepare/consume.ts';
import type { PrepareDeps } from '../../functions/prepare/deps.ts';
import type { PrepareMessage } from '../../functions/prepare/message.ts';
import { listUploadParts } from '../../functions/prepare/upload-parts.ts';
import { beginUpload, finishUpload, showUpload } from '../../functions/prepare/uploads.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { createRandom } from '../support/random.ts';

const CALLER = { tenant: 'acme', keyId: 'key', requestId: 'r-12345678', defer: () => {} };
const MIB = 1024 * 1024;
const URL_OF_FILE = 'https://data.example.org/reviews.csv';

/** A server of one file, which may break off, ignore ranges, or send elsewhere. */
function serve(file: Uint8Array, options: { breakAfter?: number; hasRanges?: boolean; redirect?: string } = {}) {
  const asked: (string | null)[] = [];
  let { breakAfter = Number.POSITIVE_INFINITY } = options;
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const range = new Headers(init.headers).get('range');
    asked.push(range);
    if (url === URL_OF_FILE && options.redirect)
      return new Response(null, { status: 302, headers: { location: options.redirect } });
    const hasRange = range !== null && options.hasRanges !== false;
    const from = hasRange ? Number(/\d+/.exec(range)?.[0]) : 0;
    if (from >= file.length) return new Response(null, { status: 416 });
    let at = from;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at - from >= breakAfter) {
          breakAfter = Number.POSITIVE_INFINITY;
          controller.error(new Error('connection lost'));
        } else if (at >= file.length) controller.close();
        else {
          const chunk = file.subarray(at, at + 700_001);
          at += chunk.length;
          controller.enqueue(chunk);
        }
      },
    });
    return new Response(body, { status: hasRange ? 206 : 200 });
  };
  return { fetch, asked };
}

function makeWorld(fetch: PrepareDeps['downloads']['fetch']) {
  const queue = createMemoryQueue<PrepareMessage>();
  const deps: PrepareDeps = {
    store: createMemoryBlobStore(),
    queue,
    clock: { now: () => Date.UTC(2026, 0, 1), sleep: async () => {} },
    newId: () => crypto.randomUUID(),
    log: () => {},
    downloads: { hosts: ['data.example.org', 'files.example.org'], fetch },
  };
  return { deps, queue };
}

async function fetchAll({ deps, queue }: ReturnType<typeof makeWorld>) {
  const begun = await beginUpload(deps, { url: URL_OF_FILE }, CALLER);
  if (!begun.ok) throw new Error(begun.failure.detail);
  expect(begun.value.status).toBe('downloading');
  const { uploadId } = begun.value;
  while (queue.waiting.length > 0) await queue.deliver((messages) => consume(deps, messages));
  const shown = await showUpload(deps, uploadId, CALLER);
  if (!shown.ok) throw new Error(shown.failure.detail);
  const bytes: Uint8Array[] = [];
  for (const { key } of await listUploadParts(deps.store, 'acme', uploadId)) {
    const found = await deps.store.get(key);
    if (found.kind === 'found') bytes.push(await found.bytes());
  }
  return { upload: shown.value, content: Buffer.concat(bytes) };
}

function makeFile(sizeBytes: number): Uint8Array {
  const random = createRandom(sizeBytes);
  return Uint8Array.from({ length: sizeBytes }, () => random.below(256));
}

test.each([
  ['as it comes', {}],
  ['after it broke off', { breakAfter: 9 * MIB }],
  ['after it broke off, of a server without ranges', { breakAfter: 9 * MIB, hasRanges: false }],
  ['from where an allowed host sends', { redirect: 'https://files.example.org/moved' }],
])('a file is fetched %s', async (_, options) => {
  const file = makeFile(17 * MIB + 5);
  const { fetch } = serve(file, options);
  const { upload, content } = await fetchAll(makeWorld(fetch));
  expect(upload).toMatchObject({ status: 'finished', url: URL_OF_FILE, sizeBytes: file.length });
  expect(content.equals(file)).toBe(true);
});

test.each([
  [
    'is sent to a host that is not allowed',
    serve(makeFile(10), { redirect: 'https://internal.example.net/' }).fetch,
    'internal.example.net',
  ],
  ['is sent in a circle', serve(makeFile(10), { redirect: URL_OF_FILE }).fetch, 'redirects more than 3'],
  ['is not there', async () => new Response('no', { status: 404 }), 'answers 404'],
  ['is empty', async () => new Response(new Uint8Array() as BodyInit), 'is empty'],
])('a download that %s fails with the reason', async (_, fetch, words) => {
  const { upload } = await fetchAll(makeWorld(fetch));
  expect(upload).toMatchObject({ status: 'failed', reason: expect.stringContaining(words) });
});

test('a download whose message was lost goes on when it is asked to finish', async () => {
  const world = makeWorld(serve(makeFile(100)).fetch);
  const begun = await beginUpload(world.deps, { url: URL_OF_FILE }, CALLER);
  if (!begun.ok) throw new Error(begun.failure.detail);
  await world.queue.deliver(async (messages) => messages.map(() => ({ kind: 'done' as const })));
  expect(await finishUpload(world.deps, begun.value.uploadId, CALLER)).toMatchObject({
    value: { status: 'downloading' },
  });
  while (world.queue.waiting.length > 0) await world.queue.deliver((messages) => consume(world.deps, messages));
  expect(await showUpload(world.deps, begun.value.uploadId, CALLER)).toMatchObject({ value: { status: 'finished' } });
});
