import { expect, test } from 'vitest';
import { edgemark, post } from './support/instance.ts';

test('help is there for the client and for each command', async () => {
  const overview = await edgemark('--help');
  expect(overview).toMatchObject({ code: 0 });
  for (const command of [
    'pack import',
    'pack verify',
    'models list',
    'models show',
    'models choose',
    'classify',
    'tag',
    'recommend',
    'evaluate',
    'rebuild',
    'import',
    'events',
    'users export',
    'users erase',
    'key create',
    'key revoke',
  ]) {
    expect(overview.stdout).toContain(command);
    const help = await edgemark(...command.split(' '), '--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toContain(`edgemark -- ${command}`);
  }
});

test('a wrong call exits 2, a call that fails exits 1, both with words', async () => {
  expect(await edgemark('dance')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no command "dance"'),
  });
  expect(await edgemark('models', 'show')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('NAME is missing'),
  });
  expect(await edgemark('classify', 'x', '--top', '3')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--top'),
  });
  expect(await edgemark('tag', 'no-such.jpg', '--model', 'paint')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no-such.jpg'),
  });
  expect(await edgemark('models', 'show', 'nobody')).toMatchObject({ code: 1, stderr: expect.stringContaining('404') });
});

test('models are listed, shown and chosen', async () => {
  expect((await edgemark('models', 'list')).stdout).toContain('sentiment@');
  expect((await edgemark('models', 'show', 'sentiment')).stdout).toContain('production → ');
  const chosen = await edgemark('models', 'choose', '--language', 'zh', '--max-size-mb', '5');
  expect(chosen.stdout, chosen.stderr).toMatch(/^1\. \S+@\d/);
});

test('a new key may do what its scopes say and nothing else', async () => {
  const created = await edgemark('key', 'create', '--tenant', 'acme', '--scopes', 'classify', '--limit', '100');
  expect(created.code, created.stderr).toBe(0);
  const key = created.stdout.trim();
  expect((await post('/v1/classify', { model: 'sentiment', inputs: 'fine' }, { key })).status).toBe(200);
  expect((await post('/v1/models/choose', { task: 'text-classification', rows: ['fine'] }, { key })).status).toBe(403);
});

test('a revoked key is refused', async () => {
  const key = (await edgemark('key', 'create', '--tenant', 'acme', '--scopes', '*')).stdout.trim();
  const revoked = await edgemark('key', 'revoke', key.split('_')[1] ?? '');
  expect(revoked.code, revoked.stderr).toBe(0);
  expect((await post('/v1/classify', { model: 'sentiment', inputs: 'fine' }, { key })).status).toBe(401);
});

test('a starter pack is sound', async () => {
  expect(await edgemark('pack', 'verify', 'infra/starter/sentiment')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is sound'),
  });
});
