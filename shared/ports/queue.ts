/** Messages that one `send` takes at most, and the bytes that they may have together as JSON: Cloudflare Queues' limits for a batch. */
export const MAX_MESSAGES_A_SEND = 100;
export const MAX_SEND_BYTES = 256_000;
/** Bytes of one message as JSON, at most (Cloudflare Queues: 128 KB; SQS has more). */
export const MAX_MESSAGE_BYTES = 128_000;

/**
 * Hands messages from one function to another: at least once, in any order, in other groups than they were sent in. So a
 * message points at an object that says everything, and handling it twice changes nothing more.
 */
export interface Queue<M> {
  /** Resolves when all messages are durable; throws `QueueError` otherwise, and some may have been sent all the same. */
  send(messages: readonly M[]): Promise<void>;
}

/** Handles what a queue delivers: a verdict for each message, in their order, so that one bad message doesn't replay the others. */
export type Consumer<M> = (messages: readonly M[]) => Promise<readonly Verdict[]>;

export type Verdict =
  /** Handled, or never to be handled: it does not come back. */
  | { readonly kind: 'done' }
  /** Comes back after about so long. */
  | { readonly kind: 'retry'; readonly afterSeconds: number };

/** The queue could not take messages: network, credentials, service failure. `cause` is for the operator's log only. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  constructor(operation: string, options?: { cause?: unknown }) {
    super(`queue ${operation} failed`, options);
  }
}
