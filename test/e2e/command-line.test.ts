import { expect, test } from 'vitest';
import { edgemark, edgemarkWith, post } from './support/instance.ts';

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
    'arms set',
    'arms list',
    'arms show',
    'arms delete',
    'policy show',
    'policy set',
    'dataset create',
    'dataset show',
    'dataset list',
    'evaluate',
    'power',
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

test('an A/B experiment is set, changed, listed, shown and deleted', async () => {
  const arms = ['--arm', 'control=retail@production:50', '--arm', 'new=retail:50'];
  const set = await edgemark('arms', 'set', 'e2e-trial', ...arms, '--settings', 'new={"diversity":0.3}');
  expect(set.stdout, set.stderr).toContain('control  50 %  retail@production');
  expect(set.stdout).toContain('It is new.');
  const changed = await edgemark(
    'arms',
    'set',
    'e2e-trial',
    '--arm',
    'new=retail:1',
    '--arm',
    'control=retail@production:3',
  );
  expect(changed.stdout, changed.stderr).toContain('25 % of the customers get another arm.');
  expect((await edgemark('arms', 'list')).stdout).toContain('e2e-trial\n  control  75 %');
  expect((await edgemark('arms', 'show', 'e2e-trial')).stdout).toContain('new  25 %  retail  {"diversity":0.3}');
  const recommended = await edgemark('recommend', '85123A', '--model', 'e2e-trial', '--json');
  expect(JSON.parse(recommended.stdout)).toMatchObject({ arm: expect.stringMatching(/^(control|new)$/) });
  expect(await edgemark('arms', 'delete', 'e2e-trial')).toMatchObject({ code: 0 });
  expect(await edgemark('arms', 'show', 'e2e-trial')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no A/B definition "e2e-trial"'),
  });
  expect(await edgemark('arms', 'set', 'e2e-trial', '--arm', 'a=gone')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('arms[0].model'),
  });
});

test('the policy is shown and set; what is not said stays', async () => {
  const created = await edgemark('key', 'create', '--tenant', 'e2e-policy', '--scopes', 'privacy');
  const call = (...args: string[]) => edgemarkWith({ EDGEMARK_KEY: created.stdout.trim() }, ...args);
  expect((await call('policy', 'show')).stdout).toContain('consent   not required');
  const set = await call('policy', 'set', '--require-consent', 'anonymise');
  expect(set.stdout, set.stderr).toContain('consent   anonymise');
  expect((await call('policy', 'set', '--redact', 'no')).stdout).toMatch(/consent {3}anonymise.*redact {4}no/s);
  expect((await call('policy', 'set', '--require-consent', 'none')).stdout).toContain('consent   not required');
  expect(await call('policy', 'set', '--require-consent', 'maybe')).toMatchObject({ code: 2 });
  expect(await call('policy', 'set')).toMatchObject({ code: 2 });
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
