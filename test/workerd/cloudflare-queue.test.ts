import { env } from 'cloudflare:workers';
import { consumeCloudflareBatch, createCloudflareQueue } from '../../shared/adapters/cloudflare/cloudflare-queue.ts';
import { type ContractMessage, describeQueue } from '../support/queue-contract.ts';
import { consumeWith } from './entry-point.ts';

describeQueue('Cloudflare Queues', () => ({
  queue: createCloudflareQueue<ContractMessage>({ queue: env.CONTRACT_QUEUE }),
  async deliver(consumer, isOver) {
    consumeWith((batch) => consumeCloudflareBatch(batch, consumer));
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 10));
  },
}));
