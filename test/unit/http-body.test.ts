import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseJsonBytes, parseWith, readBody as readBodyWith } from '../../shared/http/body.ts';
import { patternBytes, patternStream } from '../support/byte-streams.ts';

const LIMIT = 200_000;

const readBody = (request: Request, limitBytes: number) => readBodyWith(request, request.headers, limitBytes);

test('a body of just the limit is read whole, chunk by chunk', async () => {
  const read = await readBody(request(patternStream(LIMIT)), LIMIT);
  expect(read).toEqual({ ok: true, value: patternBytes(LIMIT) });
});

test('a body one byte over the limit is refused, and its stream is cancelled before it is read to the end', async () => {
  let cancelled = false;
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel: () => {
      cancelled = true;
    },
  });
  const read = await readBody(request(endless), LIMIT);
  expect(read).toMatchObject({ ok: false, failure: { kind: 'too-large', limitBytes: LIMIT } });
  expect(cancelled).toBe(true);
  expect(pulled).toBeLessThanOrEqual(6);
});

test('a declared length over the limit is refused before a byte is read', async () => {
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>({ pull: () => void pulled++ }, { highWaterMark: 0 });
  const read = await readBody(request(stream, { 'content-length': String(LIMIT + 1) }), LIMIT);
  expect(read).toMatchObject({ ok: false, failure: { kind: 'too-large' } });
  expect(pulled).toBe(0);
});

test('a declared length that is no number is not trusted', async () => {
  const read = await readBody(request(patternStream(LIMIT + 1), { 'content-length': 'few' }), LIMIT);
  expect(read).toMatchObject({ ok: false, failure: { kind: 'too-large' } });
});

test('no body is an empty one', async () => {
  expect(await readBody(new Request('https://edgemark.test', { method: 'POST' }), LIMIT)).toEqual({
    ok: true,
    value: new Uint8Array(),
  });
});

test('a byte order mark before the JSON is let pass', () => {
  expect(parseJsonBytes(new TextEncoder().encode('\ufeff{"a":1}'))).toEqual({ ok: true, value: { a: 1 } });
});

test('a wrong field is named by its path, and twenty at most', () => {
  const schema = z.object({ rows: z.array(z.object({ text: z.string() })) });
  const parsed = parseWith(schema, { rows: [{ text: 'a' }, { text: 1 }] }, 'body');
  expect(parsed).toMatchObject({ failure: { errors: [{ pointer: 'rows[1].text' }] } });
  const many = parseWith(schema, { rows: Array.from({ length: 30 }, () => ({})) }, 'body');
  expect(!many.ok && many.failure.kind === 'invalid-request' && many.failure.errors.length).toBe(20);
});

test('of a union, the branch that came furthest explains; then the one of the value’s type; else the union itself', () => {
  const schema = z.union([z.string(), z.object({ text: z.string() }), z.array(z.unknown()).max(2, 'too many')]);
  const messageOf = (value: unknown) => {
    const parsed = parseWith(schema, value, 'body');
    return parsed.ok || parsed.failure.kind !== 'invalid-request' ? undefined : parsed.failure.errors[0];
  };
  expect(messageOf({ text: 1 })).toMatchObject({ pointer: 'text' });
  expect(messageOf([1, 2, 3])).toEqual({ pointer: 'body', message: 'too many' });
  expect(messageOf(7)).toEqual({ pointer: 'body', message: 'Invalid input' });
});

function request(body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Request {
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, headers, duplex: 'half' };
  return new Request('https://edgemark.test', init);
}
