import { expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { gzip } from '../../shared/core/gzip.ts';
import { eventPartKey } from '../../shared/customer/customer-keys.ts';
import { type StoredEvent, toNdjson } from '../../shared/customer/event.ts';
import { listEventParts, type ReadEvent, readEventParts } from '../../shared/customer/event-parts.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import { utf8 } from '../support/utf8.ts';

const EVERYTHING = { maxParts: 1_000_000, maxBytes: 1e12 };

test('every event of every part is handed on, the newest day first', async () => {
  const store = createMemoryBlobStore();
  await putPart(store, '2026-01-01', [event('a'), event('b')]);
  await putPart(store, '2026-01-03', [event('c')]);
  await putPart(store, '2026-01-02', [event('d', { user: 'u1', value: 2, sessionId: 's' })]);
  const { events, counts } = await readAll(store);
  expect(events.map(({ eventId }) => eventId)).toEqual(['c', 'd', 'a', 'b']);
  expect(events[1]).toEqual(event('d', { user: 'u1', value: 2, sessionId: 's' }));
  expect(counts).toEqual({ events: 4, badLines: 0, damagedParts: 0 });
});

test('bad lines are counted, and the others taken', async () => {
  const store = createMemoryBlobStore();
  const lines = [
    JSON.stringify(event('good 1')),
    '{"eventId":',
    '[]',
    JSON.stringify({ ...event('x'), at: 'yesterday' }),
    JSON.stringify({ ...event('x'), itemId: '' }),
    JSON.stringify({ ...event('x'), type: '__proto__' }),
    JSON.stringify({ ...event('x'), properties: { text: 'x'.repeat(70_000) } }),
    '',
    JSON.stringify({ ...event('good 2'), properties: { text: 'é\u2028'.repeat(10_000) } }),
    JSON.stringify(event('without an end of line')),
  ];
  await putText(store, '2026-01-01', lines.join('\n'));
  const { events, counts } = await readAll(store);
  expect(events.map(({ eventId }) => eventId)).toEqual(['good 1', 'good 2', 'without an end of line']);
  expect(counts).toEqual({ events: 3, badLines: 6, damagedParts: 0 });
});

test('of a part that is cut off, what came before the cut is read, and the next part too', async () => {
  const store = createMemoryBlobStore();
  const many = Array.from({ length: 3000 }, (_, n) => event(`${(n * 2_654_435_761) % 1e9} ${n}`));
  const bytes = await gzip(utf8(toNdjson(many)));
  await store.put(eventPartKey('acme', '2026-01-03', '0'.repeat(64)), bytes.slice(0, bytes.length >> 1));
  await store.put(eventPartKey('acme', '2026-01-02', '0'.repeat(64)), utf8('no gzip'));
  await putPart(store, '2026-01-01', [event('whole')]);
  const { events, counts } = await readAll(store);
  expect(counts.damagedParts).toBe(2);
  expect(events.at(-1)?.eventId).toBe('whole');
  expect(events.length).toBe(counts.events);
  expect(events.length).toBeGreaterThan(1000);
});

test('a part that expands beyond all measure is not read to its end', async () => {
  const store = createMemoryBlobStore();
  await putText(store, '2026-01-01', `${JSON.stringify(event('first'))}\n${' '.repeat(70 * 1024 * 1024)}`);
  const { events, counts } = await readAll(store);
  expect(events).toHaveLength(1);
  expect(counts.damagedParts).toBe(1);
});

test('parts that are gone since they were listed are counted', async () => {
  const { counts } = await readAll(createMemoryBlobStore(), [
    { key: 'tenants/acme/events/dt=2026-01-01/x', sizeBytes: 1 },
  ]);
  expect(counts).toEqual({ events: 0, badLines: 0, damagedParts: 1 });
});

test('storage that breaks off is no damage of a part: it is thrown', async () => {
  const store = createMemoryBlobStore();
  await putPart(store, '2026-01-01', [event('a')]);
  const broken = new StorageError('get', 'x');
  const breaking: BlobStore = {
    ...store,
    async get(key) {
      const found = await store.get(key);
      const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) });
      return found.kind === 'found' ? { ...found, body } : found;
    },
  };
  const { parts } = await listEventParts(store, 'acme', EVERYTHING);
  await expect(readEventParts(breaking, parts, () => {})).rejects.toBe(broken);
});

test.each([
  ['number', { maxParts: 2, maxBytes: 1e12 }],
  ['size', { maxParts: 1000, maxBytes: 700 }],
])('a listing is limited by %s; the oldest days are left out, and other tenants and objects', async (_, limits) => {
  const store = createMemoryBlobStore();
  for (const day of ['01', '02', '03', '04']) await putRaw(store, `acme/events/dt=2026-01-${day}/a.ndjson.gz`, 300);
  await putRaw(store, 'acme/events/dt=2026-01-05/readme.txt', 300);
  await putRaw(store, 'acme2/events/dt=2026-01-05/a.ndjson.gz', 300);
  const { parts, leftOut } = await listEventParts(store, 'acme', limits);
  expect(parts.map(({ key }) => key)).toEqual([
    'tenants/acme/events/dt=2026-01-04/a.ndjson.gz',
    'tenants/acme/events/dt=2026-01-03/a.ndjson.gz',
  ]);
  expect(leftOut).toBe(2);
});

test('a listing of some days has both ends, and counts as left out only what is of them', async () => {
  const store = createMemoryBlobStore();
  for (const day of ['01', '02', '03', '04']) await putRaw(store, `acme/events/dt=2026-01-${day}/a.ndjson.gz`, 300);
  const days = { from: '2026-01-02', to: '2026-01-03' };
  const daysOf = async (maxBytes: number) => {
    const { parts, leftOut } = await listEventParts(store, 'acme', { maxParts: 9, maxBytes }, days);
    return [parts.map(({ key }) => key.split('/')[3]?.slice(3)), leftOut];
  };
  expect(await daysOf(1e12)).toEqual([['2026-01-03', '2026-01-02'], 0]);
  expect(await daysOf(300)).toEqual([['2026-01-03'], 1]);
});

test('what led to an event and what its sender says besides are read back', async () => {
  const store = createMemoryBlobStore();
  const sent = event('a', { recommendationId: 'r1~x~y~own~1~b', properties: { channel: 'mail', deep: { a: [1] } } });
  await putPart(store, '2026-01-01', [{ ...sent, skewSeconds: 5 }]);
  expect((await readAll(store)).events).toEqual([sent]);
});

async function readAll(store: BlobStore, parts?: readonly { readonly key: string; readonly sizeBytes: number }[]) {
  const events: ReadEvent[] = [];
  const listed = parts ?? (await listEventParts(store, 'acme', EVERYTHING)).parts;
  const counts = await readEventParts(store, listed, (each) => events.push(each));
  return { events, counts };
}

function event(eventId: string, changes: Partial<StoredEvent> = {}): StoredEvent {
  const at = '2026-01-01T00:00:00.000Z';
  return { eventId, type: 'view', itemId: 'mug', at, receivedAt: at, ...changes };
}

function putPart(store: BlobStore, date: string, events: readonly StoredEvent[]): Promise<unknown> {
  return putText(store, date, toNdjson(events));
}

async function putText(store: BlobStore, date: string, text: string): Promise<void> {
  await store.put(eventPartKey('acme', date, 'a'.repeat(64)), await gzip(utf8(text)));
}

async function putRaw(store: BlobStore, key: string, sizeBytes: number): Promise<void> {
  await store.put(`tenants/${key}`, new Uint8Array(sizeBytes));
}
