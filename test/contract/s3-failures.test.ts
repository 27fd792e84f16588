import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { nodeRequestBody } from '../../shared/adapters/aws/node-request-body.ts';
import { createResilientBlobStore } from '../../shared/adapters/web/resilient-blob-store.ts';
import { createS3BlobStore } from '../../shared/adapters/web/s3-blob-store.ts';
import { createSystemClock } from '../../shared/adapters/web/system-clock.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';

/** A server that treats each request as the test says: outages that no S3 server plays on demand. */
let treat: (response: ServerResponse) => void;
let requests = 0;
let server: Server;
let store: BlobStore;
let resilient: BlobStore;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests++;
    request.resume().on('end', () => treat(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  store = createS3BlobStore({
    bucket: 'b',
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    toRequestBody: nodeRequestBody,
  });
  resilient = createResilientBlobStore(store, {
    clock: createSystemClock(),
    random: () => 0.5,
    // Long enough for a busy machine to answer in, and what the tests of silence wait for, three times at most.
    timeoutMs: 1000,
    backoff: { baseMs: 2, capMs: 10 },
  });
});

beforeEach(() => {
  requests = 0;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('503 SlowDown to a write is throttled, with the wait that the server asks for', async () => {
  treat = (response) => answer(response, 503, 'SlowDown', { 'retry-after': '4' });
  expect(await store.put('a', new Uint8Array(1))).toEqual({ kind: 'throttled', retryAfterSeconds: 4 });
  expect(requests).toBe(1);
});

test('409 ConditionalRequestConflict is a conflict', async () => {
  treat = (response) => answer(response, 409, 'ConditionalRequestConflict');
  expect(await store.put('a', new Uint8Array(1), { ifNoneMatch: '*' })).toEqual({ kind: 'conflict' });
});

test('the adapter itself asks once', async () => {
  treat = (response) => answer(response, 500, 'InternalError');
  await expect(store.get('a')).rejects.toBeInstanceOf(StorageError);
  expect(requests).toBe(1);
});

test('an outage that ends is bridged', async () => {
  treat = (response) => {
    if (requests < 3) answer(response, 500, 'InternalError');
    else response.writeHead(200, { etag: '"e"' }).end('hello');
  };
  const found = await resilient.get('a');
  expect(found.kind === 'found' && new TextDecoder().decode(await found.bytes())).toBe('hello');
  expect(requests).toBe(3);
});

test('an outage that lasts is a storage error after three tries', async () => {
  treat = (response) => answer(response, 503, 'ServiceUnavailable');
  await expect(resilient.head('a')).rejects.toBeInstanceOf(StorageError);
  expect(requests).toBe(3);
});

test('a server that never answers is a storage error, in time', async () => {
  treat = () => {};
  const started = performance.now();
  await expect(resilient.get('a')).rejects.toBeInstanceOf(StorageError);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(requests).toBe(3);
});

test('a body that stalls is fetched anew', async () => {
  treat = (response) => {
    response.writeHead(200, { etag: '"e"', 'content-length': '5' });
    if (requests === 1) response.write('he');
    else response.end('hello');
  };
  const found = await resilient.get('a');
  expect(found.kind === 'found' && new TextDecoder().decode(await found.bytes())).toBe('hello');
  expect(requests).toBe(2);
});

test('a connection cut in the middle of a body is a storage error, never a short object', async () => {
  treat = (response) => {
    response.writeHead(200, { etag: '"e"', 'content-length': '5' });
    response.write('he', () => response.destroy());
  };
  const found = await store.get('a');
  expect(found.kind).toBe('found');
  await expect(found.kind === 'found' && found.bytes()).rejects.toBeInstanceOf(StorageError);
});

function answer(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>played</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
}

function portOf(listening: Server): number {
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
