import { expect, test } from 'vitest';
import { pointProduction } from '../../infra/dev/packs/point-production.ts';
import { SHARED_MODELS_ROOT } from '../../shared/model/model-keys.ts';
import { seedPack } from '../support/seed-store.ts';
import { tinyPack } from '../support/tiny-pack.ts';
import { bucket, post } from './support/instance.ts';

const AT_ONCE = 8;
const ALIAS_AGE_SECONDS = 35;

function move(name: string, version: string) {
  return pointProduction(bucket(), {
    root: SHARED_MODELS_ROOT,
    name,
    version,
    by: 'a test',
    reason: 'to see whether a request fails',
  });
}

test('a client that leaves during the very first load does not break the next request', async () => {
  await seedPack(bucket(), await tinyPack({ name: 'cold' }), { alias: null });
  await move('cold', '1.0.0');
  for (const milliseconds of [0, 5, 20]) {
    const leaving = post(
      '/v1/classify',
      { model: 'cold', inputs: 'good' },
      { signal: AbortSignal.timeout(milliseconds) },
    );
    await leaving.then((response) => response.text()).catch(() => undefined);
  }
  const response = await post('/v1/classify', { model: 'cold', inputs: 'good' });
  expect(response.status).toBe(200);
});

test('an alias moved while requests run fails none of them, and the new version takes over', async () => {
  const name = 'moving';
  for (const version of ['1.0.0', '2.0.0'])
    await seedPack(bucket(), await tinyPack({ name, version }), { alias: null });
  await move(name, '1.0.0');

  const versions: string[] = [];
  const askOnce = async () => {
    const response = await post('/v1/classify', { model: name, inputs: ['good', 'bad'] });
    expect(response.status).toBe(200);
    versions.push(((await response.json()) as { model: { version: string } }).model.version);
  };
  const askMany = (requests: number) => Promise.all(Array.from({ length: requests }, askOnce));
  await askMany(AT_ONCE);
  expect((await move(name, '2.0.0')).ok).toBe(true);
  // No isolate serves an alias older than 30 s, so the switch falls among these requests.
  const deadline = Date.now() + ALIAS_AGE_SECONDS * 1000;
  while (versions.at(-1) !== '2.0.0' && Date.now() < deadline) await askMany(AT_ONCE);
  await askMany(AT_ONCE);
  expect(versions.length).toBeGreaterThan(200);
  expect(versions[0]).toBe('1.0.0');
  expect(versions.at(-1)).toBe('2.0.0');
});
