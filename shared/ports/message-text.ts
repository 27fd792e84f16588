import { MAX_MESSAGE_BYTES, QueueError } from './queue.ts';

/** A message as it crosses, with its size. */
export interface MessageText {
  readonly text: string;
  readonly sizeBytes: number;
}

/** The messages as JSON. Throws `QueueError` for one that no queue takes, before any is sent. */
export function toMessageTexts(messages: readonly unknown[]): MessageText[] {
  return messages.map((message) => {
    const text = JSON.stringify(message);
    const sizeBytes = new TextEncoder().encode(text).length;
    if (sizeBytes <= MAX_MESSAGE_BYTES) return { text, sizeBytes };
    throw new QueueError('send', { cause: new Error(`a message of ${sizeBytes} bytes; ${MAX_MESSAGE_BYTES} is most`) });
  });
}
