import { splitBatches } from '../../core/split-batches.ts';
import { toMessageTexts } from '../../ports/message-text.ts';
import {
  type Consumer,
  MAX_MESSAGES_A_SEND,
  MAX_SEND_BYTES,
  type Queue as MessageQueue,
  QueueError,
} from '../../ports/queue.ts';

/** Counted against a batch beside each body: https://developers.cloudflare.com/queues/platform/limits/ ("~100 bytes of metadata"). */
const METADATA_BYTES = 100;

/** A Cloudflare queue, through its producer binding. */
export function createCloudflareQueue<M>(options: { readonly queue: Queue<string> }): MessageQueue<M> {
  return {
    async send(messages) {
      const batches = splitBatches(toMessageTexts(messages), ({ sizeBytes }) => sizeBytes + METADATA_BYTES, {
        maxItems: MAX_MESSAGES_A_SEND,
        maxBytes: MAX_SEND_BYTES,
      });
      for (const batch of batches) await sendBatch(options.queue, batch);
    },
  };
}

/** Text, so that a message is the same JSON on every platform. */
async function sendBatch(queue: Queue<string>, batch: readonly { readonly text: string }[]): Promise<void> {
  try {
    await queue.sendBatch(batch.map(({ text }) => ({ body: text, contentType: 'text' as const })));
  } catch (cause) {
    throw new QueueError('send', { cause });
  }
}

/**
 * Gives a delivered batch to a consumer and tells the platform its verdicts, message by message. What throws leaves every message
 * unsettled: the platform then retries the batch.
 */
export async function consumeCloudflareBatch<M>(batch: MessageBatch<string>, consumer: Consumer<M>): Promise<void> {
  const verdicts = await consumer(batch.messages.map(({ body }) => JSON.parse(body) as M));
  batch.messages.forEach((message, index) => {
    const verdict = verdicts[index];
    if (verdict?.kind === 'done') message.ack();
    else message.retry({ delaySeconds: verdict?.afterSeconds ?? 0 });
  });
}
