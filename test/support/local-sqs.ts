import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SqsBatchResponse, SqsEvent } from '../../shared/adapters/aws/sqs-queue.ts';

/** Records that the event source mapping gives to one invocation. */
const BATCH = 10;
/** What SQS takes in one request. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1024 * 1024;

interface Held {
  readonly messageId: string;
  readonly body: string;
}

/**
 * SQS as far as it is used here, played by this process: the AWS JSON 1.0 protocol of SendMessageBatch and ChangeMessageVisibility
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/), and Lambda's event source mapping with partial batch
 * responses. No SQS server can be had from npm.
 */
export interface LocalSqs {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** Seconds of the visibility changes asked for, in order. */
  readonly delays: readonly number[];
  /** One invocation with what waits, at most 10 records; what the handler does not report as failed is deleted. False: nothing waited. */
  invoke(handler: (event: SqsEvent) => Promise<SqsBatchResponse>): Promise<boolean>;
  /** Answers this many requests with 500 from now on. */
  failNext(requests: number): void;
  /** Refuses the entry of this index in the next batch. */
  refuseNext(index: number): void;
  stop(): Promise<void>;
}

export async function startLocalSqs(): Promise<LocalSqs> {
  let waiting: Held[] = [];
  const delays: number[] = [];
  let failing = 0;
  let refused: number | undefined;
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = JSON.parse(await text(incoming)) as Record<string, unknown>;
    if (failing > 0) {
      failing--;
      return reply(outgoing, 500, { __type: 'com.amazonaws.sqs#InternalFailure' });
    }
    const operation = String(incoming.headers['x-amz-target']).replace('AmazonSQS.', '');
    if (operation === 'ChangeMessageVisibility') {
      delays.push(Number(body['VisibilityTimeout']));
      return reply(outgoing, 200, {});
    }
    if (operation !== 'SendMessageBatch') return reply(outgoing, 400, { __type: 'com.amazonaws.sqs#InvalidAction' });
    const entries = body['Entries'] as { readonly Id: string; readonly MessageBody: string }[];
    const sizeBytes = entries.reduce((total, entry) => total + Buffer.byteLength(entry.MessageBody), 0);
    if (entries.length > MAX_ENTRIES)
      return reply(outgoing, 400, { __type: 'com.amazonaws.sqs#TooManyEntriesInBatchRequest' });
    if (sizeBytes > MAX_BYTES) return reply(outgoing, 400, { __type: 'com.amazonaws.sqs#BatchRequestTooLong' });
    const taken = entries.filter((_, index) => index !== refused);
    const failed = entries.filter((_, index) => index === refused);
    refused = undefined;
    const held = taken.map((entry) => ({ messageId: randomUUID(), body: entry.MessageBody }));
    waiting.push(...held);
    reply(outgoing, 200, {
      Successful: taken.map((entry, index) => ({
        Id: entry.Id,
        MessageId: held[index]?.messageId,
        // The SDK compares it.
        MD5OfMessageBody: createHash('md5').update(entry.MessageBody).digest('hex'),
      })),
      Failed: failed.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
    });
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  return {
    endpoint,
    queueUrl: `${endpoint}/123456789012/edgemark-collect`,
    delays,
    async invoke(handler) {
      const batch = waiting.splice(0, BATCH);
      if (batch.length === 0) return false;
      const Records = batch.map((message) => ({ ...message, receiptHandle: `handle-${message.messageId}` }));
      const failed = await handler({ Records }).then(
        (response) => new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
        // An invocation that throws fails its whole batch.
        () => new Set(batch.map(({ messageId }) => messageId)),
      );
      waiting = [...waiting, ...batch.filter(({ messageId }) => failed.has(messageId))];
      return true;
    },
    failNext(requests) {
      failing = requests;
    },
    refuseNext(index) {
      refused = index;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function reply(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(JSON.stringify(body));
}
