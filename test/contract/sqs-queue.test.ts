import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  consumeSqsEvent,
  createSqsClient,
  createSqsDelay,
  createSqsQueue,
} from '../../shared/adapters/aws/sqs-queue.ts';
import { QueueError } from '../../shared/ports/queue.ts';
import { type LocalSqs, startLocalSqs } from '../support/local-sqs.ts';
import { type ContractMessage, describeQueue } from '../support/queue-contract.ts';

let server: LocalSqs;

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local-secret' });
  server = await startLocalSqs();
});

afterAll(() => server?.stop());

const optionsOf = () => ({ queueUrl: server.queueUrl, endpoint: server.endpoint, region: 'us-east-1' });
const createQueue = () => createSqsQueue<ContractMessage>(createSqsClient(optionsOf()), optionsOf());

describeQueue('SQS', () => ({
  queue: createQueue(),
  async deliver(consumer, isOver) {
    while (!isOver()) await server.invoke((event) => consumeSqsEvent(event, consumer, async () => {}));
  },
}));

test('an entry that SQS refuses fails the send', async () => {
  server.refuseNext(1);
  const messages = [0, 1, 2].map((n) => ({ test: 'refused', n }));
  await expect(createQueue().send(messages)).rejects.toBeInstanceOf(QueueError);
});

test('an SQS that stays out of order fails the send', async () => {
  server.failNext(100);
  await expect(createQueue().send([{ test: 'down', n: 0 }])).rejects.toBeInstanceOf(QueueError);
  server.failNext(0);
});

test('a message to retry waits as long as the consumer asks', async () => {
  await createQueue().send([{ test: 'later', n: 0 }]);
  const delay = createSqsDelay(createSqsClient(optionsOf()), server.queueUrl);
  const later = { kind: 'retry', afterSeconds: 30 } as const;
  while (server.delays.length === 0) {
    const waited = await server.invoke((event) =>
      consumeSqsEvent<ContractMessage>(
        event,
        async (messages) => messages.map((message) => (message.test === 'later' ? later : { kind: 'done' })),
        delay,
      ),
    );
    if (!waited) break;
  }
  expect(server.delays).toEqual([30]);
});
