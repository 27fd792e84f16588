import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { createBackground, createLambdaHandler } from '../../shared/adapters/aws/api-gateway.ts';
import { toApiGatewayEvent, toResponse } from '../support/api-gateway-event.ts';
import { patternBytes } from '../support/byte-streams.ts';

test('a binary body arrives byte for byte, and a binary answer leaves so', async () => {
  const app = new Hono().post('/', async (c) =>
    c.body(await c.req.arrayBuffer(), 200, { 'content-type': 'image/png' }),
  );
  const body = patternBytes(1000);
  const event = await toApiGatewayEvent(post('image/png', body));
  expect(event.isBase64Encoded).toBe(true);
  const result = await createLambdaHandler(app, createBackground())(event);
  expect(result.isBase64Encoded).toBe(true);
  expect(new Uint8Array(await toResponse(result).arrayBuffer())).toEqual(body);
});

test('a JSON body in base64 is read as the same JSON', async () => {
  const app = new Hono().post('/', async (c) => c.json(await c.req.json()));
  const event = await toApiGatewayEvent(post('application/json', '{"text":"很好 🙂"}'));
  const encoded = { ...event, isBase64Encoded: true, body: Buffer.from(event.body ?? '').toString('base64') };
  const handler = createLambdaHandler(app, createBackground());
  for (const each of [event, encoded])
    expect(await toResponse(await handler(each)).json()).toEqual({ text: '很好 🙂' });
});

test('problem documents leave as text, not as base64', async () => {
  const app = new Hono().get('/', (c) => c.body('{}', 503, { 'content-type': 'application/problem+json' }));
  const event = await toApiGatewayEvent(new Request('https://edgemark.test/'));
  expect(await createLambdaHandler(app, createBackground())(event)).toMatchObject({
    statusCode: 503,
    isBase64Encoded: false,
    body: '{}',
  });
});

test('query, repeated headers and cookies reach the app', async () => {
  const app = new Hono().get('/a/:b', (c) =>
    c.json([c.req.param('b'), c.req.query('q'), c.req.header('accept'), c.req.header('cookie')]),
  );
  const headers = new Headers({ cookie: 'a=1; b=2' });
  headers.append('accept', 'text/html');
  headers.append('accept', 'application/json');
  const event = await toApiGatewayEvent(new Request('https://edgemark.test/a/b%40c?q=%E5%A5%BD', { headers }));
  const answer = await createLambdaHandler(app, createBackground())(event);
  expect(await toResponse(answer).json()).toEqual(['b@c', '好', 'text/html, application/json', 'a=1; b=2']);
});

test('work in the background ends before the answer leaves, since Lambda freezes after it', async () => {
  const background = createBackground();
  let ended = false;
  const app = new Hono().get('/', (c) => {
    background.add(
      new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => {
        ended = true;
      }),
    );
    return c.text('answer');
  });
  const event = await toApiGatewayEvent(new Request('https://edgemark.test/'));
  await createLambdaHandler(app, background)(event);
  expect(ended).toBe(true);
});

function post(contentType: string, body: BodyInit): Request {
  return new Request('https://edgemark.test/', { method: 'POST', headers: { 'content-type': contentType }, body });
}
