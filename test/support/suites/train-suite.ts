import { expect, test } from 'vitest';
import { JobListSchema } from '../../../functions/train/contract.ts';
import { seedKey } from '../seed-store.ts';
import { get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';

const TRAINER_KEY = 'em_key-of-who-trains-only';
const WISH = { task: 'text-classification', dataset: { name: 'complaints' }, model: 'complaints' };

/** Training where no endpoint is configured: what can be said without one. */
export function describeTrain(useServer: UseServer): void {
  test('without an endpoint it is said plainly, and how to get one', async () => {
    const problem = await problemOf(await useServer().fetch('/v1/train', post(WISH)), 501);
    expect(problem.detail).toMatch(/--with-trainer/);
  });

  test.each([
    ['a task that is not learned', { ...WISH, task: 'poetry' }, 'task'],
    ['no model', { ...WISH, model: undefined }, 'model'],
    ['a name that is none', { ...WISH, dataset: { name: 'No Name' } }, 'dataset.name'],
    ['too long', { ...WISH, limits: { minutes: 100_000 } }, 'limits.minutes'],
    ['a member that is not known', { ...WISH, gpu: true }, 'body'],
  ])('%s is named', async (_, wish, pointer) => {
    const problem = await problemOf(await useServer().fetch('/v1/train', post(wish)), 422);
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  test('notifications take no key; where there is no endpoint none is taken, and what is none is told', async () => {
    const told = { Type: 'Notification', MessageId: 'm', TopicArn: 'arn:aws:sns:eu-west-1:123456789012:trained' };
    const signed = {
      SignatureVersion: '2',
      Signature: 'AAAA',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/k',
    };
    const send = (body: object) =>
      useServer().fetch('/v1/train/notifications/sns', {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=UTF-8' },
        body: JSON.stringify(body),
      });
    await problemOf(await send({ ...told, ...signed, Timestamp: '2026-01-01T00:00:00Z', Message: '{}' }), 501);
    const problem = await problemOf(await send({ ...told, TopicArn: 'trained' }), 422);
    expect(problem.errors?.map((error) => error.pointer)).toContain('TopicArn');
  });

  test('who may train only can’t have gates decide what serves', async () => {
    await seedKey(useServer().store, TRAINER_KEY, { scopes: ['train'] });
    const gated = await useServer().fetch('/v1/train', post({ ...WISH, promote: { policy: 'gates' } }, TRAINER_KEY));
    expect((await problemOf(gated, 403)).detail).toContain('"models:promote"');
    await problemOf(await useServer().fetch('/v1/train', post(WISH, TRAINER_KEY)), 501);
  });

  test('jobs are listed, and one that is not there is not found', async () => {
    const list = JobListSchema.parse(await jsonOf(await useServer().fetch('/v1/train', get())));
    expect(list.jobs).toEqual([]);
    const missing = `/v1/train/${'0'.repeat(32)}`;
    await problemOf(await useServer().fetch(missing, get()), 404);
    await problemOf(await useServer().fetch('/v1/train/nonsense', get()), 422);
    await problemOf(await useServer().fetch('/v1/train', get(KEYS.classifyOnly)), 403);
  });
}
