import { toMessageTexts } from '../../ports/message-text.ts';
import type { Consumer, Queue } from '../../ports/queue.ts';

/** A queue in memory, for tests: what was sent waits until `deliver` hands it to a consumer. */
export interface MemoryQueue<M> extends Queue<M> {
  /** Messages that wait. */
  readonly waiting: readonly M[];
  /** Hands all that waits to `consumer`, as one batch; messages to retry wait again. */
  deliver(consumer: Consumer<M>): Promise<void>;
}

export function createMemoryQueue<M>(): MemoryQueue<M> {
  let waiting: M[] = [];
  return {
    get waiting() {
      return waiting;
    },
    async send(messages) {
      // A message crosses as JSON: what JSON can't carry must fail here as it would there.
      waiting.push(...toMessageTexts(messages).map(({ text }) => JSON.parse(text) as M));
    },
    async deliver(consumer) {
      const batch = waiting;
      waiting = [];
      const verdicts = await consumer(batch);
      waiting.push(...batch.filter((_, index) => verdicts[index]?.kind !== 'done'));
    },
  };
}
