import { expect, inject, test } from 'vitest';
import { type RecommendResponse, RecommendResponseSchema } from '../../functions/recommend/contract.ts';
import { eventually } from '../support/eventually.ts';
import { edgemark, post } from './support/instance.ts';

/** Often bought products of the starter pack, and what its card says goes with the first. */
const WHITE_HOLDER = '85123A';
const RED_HOLDER = '21733';
/** Queues deliver within a second or so; a busy machine takes longer. */
const PATIENCE_SECONDS = 60;

test('what a customer does changes what is recommended, until the customer is erased', async () => {
  const userId = `customer-${crypto.randomUUID()}`;
  expect((await recommend({ userId })).note).toContain('No history is known');

  const event = { eventId: crypto.randomUUID(), type: 'purchase', userId, itemId: WHITE_HOLDER };
  const sent = await post('/v1/events', { events: [{ ...event, consent: true }] });
  expect(sent.status).toBe(202);
  await eventually(
    async () =>
      expect((await recommend({ userId })).items[0]).toMatchObject({
        itemId: RED_HOLDER,
        reasons: [{ because: WHITE_HOLDER }],
      }),
    PATIENCE_SECONDS,
  );

  const erased = await fetch(`${inject('url')}/v1/users/${userId}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${inject('key')}`, 'Idempotency-Key': crypto.randomUUID() },
  });
  expect(erased.ok, await erased.text()).toBe(true);
  await eventually(
    async () => expect((await recommend({ userId })).note).toContain('No history is known'),
    PATIENCE_SECONDS,
  );
});

test('the command line recommends, and tells why', async () => {
  const told = await edgemark('recommend', WHITE_HOLDER, '--model', 'retail', '--k', '2');
  expect(told.code, told.stderr).toBe(0);
  expect(told.stdout).toContain(`RED HANGING HEART T-LIGHT HOLDER  |  because of ${WHITE_HOLDER} (100 %)`);
  const alike = await edgemark('recommend', WHITE_HOLDER, '--model', 'retail', '--k', '1', '--similar', '--json');
  expect(JSON.parse(alike.stdout)).toMatchObject({ items: [{ itemId: RED_HOLDER }] });
});

async function recommend(body: object): Promise<RecommendResponse> {
  const response = await post('/v1/recommend', { model: 'retail', k: 3, ...body });
  return RecommendResponseSchema.parse(await response.json());
}
