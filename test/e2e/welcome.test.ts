import { execFileSync } from 'node:child_process';
import { expect, inject, test } from 'vitest';

test('the printed curl line works when pasted, and is right in English and Chinese', () => {
  const line = inject('welcome')
    .split('\n')
    .find((candidate) => candidate.trim().startsWith('curl '));
  const answer = JSON.parse(execFileSync('sh', ['-c', line ?? ''], { encoding: 'utf8' }));
  expect(answer.model).toMatchObject({ name: 'sentiment' });
  const best = answer.results.map((result: { labels: { label: string }[] }) => result.labels[0]?.label);
  expect(best).toEqual(['positive', 'negative']);
});

test('EDGEMARK_DEV_KEY is the key that is printed and that works', async () => {
  expect(inject('welcome')).toContain(`Key      ${inject('key')}`);
  const withKey = await fetch(`${inject('url')}/v1/models`, { headers: { Authorization: `Bearer ${inject('key')}` } });
  expect(withKey.status).toBe(200);
  const without = await fetch(`${inject('url')}/v1/models`);
  expect(without.status).toBe(401);
});

test('every starter pack serves as soon as the start is over', async () => {
  const response = await fetch(`${inject('url')}/v1/models`, { headers: { Authorization: `Bearer ${inject('key')}` } });
  const { models } = (await response.json()) as { models: { name: string; aliases: Record<string, string> }[] };
  expect(models.map((model) => model.name)).toEqual(
    expect.arrayContaining(['clothing', 'grocery', 'intent', 'product-category', 'sentiment']),
  );
  for (const model of models) expect(model.aliases['production']).toMatch(/^\d/);
});

test('the docs page and the OpenAPI document are there', async () => {
  const docs = await fetch(`${inject('url')}/docs`);
  expect(docs.headers.get('content-type')).toContain('text/html');
  const page = await docs.text();
  expect(page, 'works offline: nothing is loaded from elsewhere').not.toMatch(/(src|href)="https?:/);
  const document = (await (await fetch(`${inject('url')}/openapi.json`)).json()) as { openapi: string; paths: object };
  expect(document.openapi).toMatch(/^3\.1/);
  expect(Object.keys(document.paths)).toContain('/v1/classify');
});
