import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { type ContractMessage, describeQueue } from '../support/queue-contract.ts';

describeQueue('Memory', () => {
  const queue = createMemoryQueue<ContractMessage>();
  return {
    queue,
    async deliver(consumer, isOver) {
      while (!isOver()) await queue.deliver(consumer);
    },
  };
});
