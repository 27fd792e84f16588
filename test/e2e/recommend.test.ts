import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { type RecommendResponse, RecommendResponseSchema } from '../../functions/recommend/contract.ts';
import { edgemark, post } from './support/instance.ts';

/** Often bought products of the starter pack, and what its card says goes with the first. */
const WHITE_HOLDER = '85123A';
const RED_HOLDER = '21733';
/** Queues deliver within a second or so; a busy machine takes longer. */
const PATIENCE_MS = 60_000;

test('what a customer does changes what is recommended, until the customer is erased', async () => {
  const userId = `customer-${crypto.randomUUID()}`;
  expect((await recommend({ userId })).note).toContain('No history is known');

  const event = { eventId: crypto.randomUUID(), type: 'purchase', userId, itemId: WHITE_HOLDER };
  const sent = await post('/v1/events', { events: [{ ...event, consent: true }] });
  expect(sent.status).toBe(202);
  const after = await until(() => recommend({ userId }), isPersonal);
  expect(after.items[0]).toMatchObject({ itemId: RED_HOLDER, reasons: [{ because: WHITE_HOLDER }] });

  const erased = await fetch(`${inject('url')}/v1/users/${userId}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${inject('key')}`, 'Idempotency-Key': crypto.randomUUID() },
  });
  expect(erased.ok, await erased.text()).toBe(true);
  const gone = await until(
    () => recommend({ userId }),
    (answer) => !isPersonal(answer),
  );
  expect(gone.note).toContain('No history is known');
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

function isPersonal({ items }: RecommendResponse): boolean {
  return items.some(({ reasons }) => reasons.some((reason) => 'because' in reason));
}

/** Asks again until the answer is as wanted; the last one where it never is. */
async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  const endAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer) || Date.now() > endAt) return answer;
    await sleep(200);
  }
}
