import { expect, test } from 'vitest';
import { createApp } from '../../functions/gateway/app.ts';
import type { FunctionName } from '../../functions/gateway/contract.ts';
import { findFunction } from '../../functions/gateway/gateway.ts';
import { OpenApiDocumentSchema } from '../../functions/gateway/openapi-document.ts';
import { errorOf } from '../support/suites/hugging-face-suite.ts';
import { jsonOf, post, problemOf } from '../support/test-server.ts';

test.each([
  ['/v1/classify', 'classify'],
  ['/hf/text-classification/sentiment', 'classify'],
  ['/v1/models', 'models'],
  ['/v1/models/choose', 'models'],
  ['/v2', 'infer'],
  ['/v2/models/x/infer', 'infer'],
  ['/v1/classifyx', null],
  ['/v20', null],
  ['/hf', null],
  ['/', null],
])('%s belongs to %s', (path, name) => {
  expect(findFunction(path)).toBe(name);
});

test('a function that does not answer is 503 with Retry-After and without its words', async () => {
  const { app, incidents } = start();
  const response = await app.request('/v1/classify', post({}));
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await problemOf(response, 503)).toMatchObject({
    detail: 'The function "classify" does not answer at the moment.',
  });
  expect(incidents.join()).toContain('connection refused');
});

test('the same is 500 for Hugging Face clients and an error text for Open Inference ones', async () => {
  const { app } = start();
  expect(await errorOf(await app.request('/hf/text-classification/x', post({})), 500)).not.toContain('refused');
  expect(await errorOf(await app.request('/v2/models/x/infer', post({})), 503)).not.toContain('refused');
});

test('it is not ready while one function is not, and says which', async () => {
  const { app } = start();
  expect(await jsonOf(await app.request('/health/ready'), 503)).toEqual({
    status: 'not ready',
    functions: {
      classify: false,
      tag: false,
      recommend: false,
      rebuild: false,
      models: false,
      infer: false,
      collect: false,
      evaluate: false,
      train: false,
      prepare: false,
    },
  });
  const half = start({ models: async () => new Response('ok') });
  expect(await jsonOf(await half.app.request('/health/ready'), 503)).toMatchObject({
    functions: { classify: false, tag: false, recommend: false, rebuild: false, models: true, infer: false },
  });
});

test('an answer passes through unchanged: status, headers, body', async () => {
  const own = new Response('{"a":1}', {
    status: 418,
    headers: { 'x-request-id': 'r-12345678', 'content-type': 'application/json' },
  });
  const { app } = start({ models: async () => own });
  const response = await app.request('/v1/models');
  expect(response.headers.get('x-request-id')).toBe('r-12345678');
  expect(await jsonOf(response, 418)).toEqual({ a: 1 });
});

test('names in the OpenAPI document cannot break out of the documentation page', async () => {
  const { app } = start({}, '<script>alert(1)</script>');
  expect(await (await app.request('/docs')).text()).not.toContain('<script');
});

/** A gateway whose functions refuse the connection, but for those given. */
function start(functions: Partial<Record<FunctionName, () => Promise<Response>>> = {}, title = 'Test') {
  const incidents: string[] = [];
  const refuse = () => Promise.reject(new Error('connection refused'));
  const app = createApp({
    functions: {
      classify: refuse,
      tag: refuse,
      recommend: refuse,
      rebuild: refuse,
      models: refuse,
      infer: refuse,
      collect: refuse,
      evaluate: refuse,
      train: refuse,
      prepare: refuse,
      ...functions,
    },
    openapi: OpenApiDocumentSchema.parse({ openapi: '3.1.0', info: { title, version: '1' }, paths: {} }),
    newId: () => 'made-up-id',
    log: (record) => incidents.push(JSON.stringify(record)),
  });
  return { app, incidents };
}
