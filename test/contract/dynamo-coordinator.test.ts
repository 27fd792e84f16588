import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDynamoCoordinator } from '../../shared/adapters/aws/dynamo-coordinator.ts';
import { createSystemClock } from '../../shared/adapters/web/system-clock.ts';
import { CoordinatorError } from '../../shared/ports/coordinator.ts';
import { describeCoordinator } from '../support/coordinator-contract.ts';
import { type LocalDynamo, startLocalDynamo } from '../support/local-dynamo.ts';

let server: LocalDynamo;
const clock = createSystemClock();

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' });
  server = await startLocalDynamo();
});

afterAll(() => server?.stop());

describeCoordinator('DynamoDB', () => ({
  coordinator: createDynamoCoordinator({ ...server, region: 'us-east-1', clock }),
  pass: (milliseconds) => clock.sleep(milliseconds),
}));

test('a table that is not there is a coordinator error', async () => {
  const coordinator = createDynamoCoordinator({ ...server, table: 'nothing', region: 'us-east-1', clock });
  await expect(coordinator.claim('a', 'one', 60)).rejects.toBeInstanceOf(CoordinatorError);
  await expect(coordinator.increment('a', 1, 60)).rejects.toBeInstanceOf(CoordinatorError);
  await expect(coordinator.release('a', 'one')).rejects.toBeInstanceOf(CoordinatorError);
});
