import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createDurableCoordinator } from '../../shared/adapters/cloudflare/durable-coordinator.ts';
import { createSystemClock } from '../../shared/adapters/web/system-clock.ts';
import { describeCoordinator } from '../support/coordinator-contract.ts';

const clock = createSystemClock();

describeCoordinator('Durable Objects', () => ({
  coordinator: createDurableCoordinator(env.COORDINATOR),
  pass: (milliseconds) => clock.sleep(milliseconds),
}));

test('a name that was forgotten still has a greater fence for its next holder', async () => {
  const coordinator = createDurableCoordinator(env.COORDINATOR);
  const first = await coordinator.claim('forgotten', 'one', 1);
  await coordinator.release('forgotten', 'one');
  await clock.sleep(5);
  expect(await runDurableObjectAlarm(env.COORDINATOR.get(env.COORDINATOR.idFromName('forgotten')))).toBe(true);
  const second = await coordinator.claim('forgotten', 'two', 1);
  const fences = [first, second].map((claim) => (claim.kind === 'claimed' ? claim.fence : 0));
  expect(fences[1]).toBeGreaterThan(fences[0] ?? 0);
});
