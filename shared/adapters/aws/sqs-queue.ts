import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { splitBatches } from '../../core/split-batches.ts';
import { type MessageText, toMessageTexts } from '../../ports/message-text.ts';
import { type Consumer, MAX_SEND_BYTES, type Queue, QueueError } from '../../ports/queue.ts';

/** Entries of one SendMessageBatch: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MAX_ENTRIES = 10;

export interface SqsOptions {
  readonly queueUrl: string;
  readonly region: string;
  /** Base address of another server than AWS's. */
  readonly endpoint?: string;
}

/** A function's own queue: what it sends to it, and how it handles what the queue delivers. */
export interface OwnSqsQueue<M> {
  readonly queue: Queue<M>;
  /** Behind an event source mapping that takes partial batch responses. */
  handle(event: SqsEvent, consumer: Consumer<M>): Promise<SqsBatchResponse>;
}

/** The queue at `queueUrl`, where the environment says. */
export function openSqsQueue<M>(
  queueUrl: string,
  env: { readonly AWS_REGION: string; readonly EDGEMARK_SQS_ENDPOINT?: string | undefined },
): OwnSqsQueue<M> {
  const { AWS_REGION: region, EDGEMARK_SQS_ENDPOINT: endpoint } = env;
  const options = { queueUrl, region, ...(endpoint === undefined ? {} : { endpoint }) };
  const client = createSqsClient(options);
  const delay = createSqsDelay(client, queueUrl);
  return {
    queue: createSqsQueue<M>(client, options),
    handle: (event, consumer) => consumeSqsEvent(event, consumer, delay),
  };
}

export function createSqsClient({ region, endpoint }: SqsOptions): SQSClient {
  return new SQSClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
}

/** An SQS queue (standard: at least once, in any order). */
export function createSqsQueue<M>(client: SQSClient, options: SqsOptions): Queue<M> {
  return {
    async send(messages) {
      const batches = splitBatches(toMessageTexts(messages), ({ sizeBytes }) => sizeBytes, {
        maxItems: MAX_ENTRIES,
        maxBytes: MAX_SEND_BYTES,
      });
      for (const batch of batches) await sendBatch(client, options.queueUrl, batch);
    },
  };
}

/** A batch may be taken in part; those refused are told by their ids. */
async function sendBatch(client: SQSClient, queueUrl: string, batch: readonly MessageText[]): Promise<void> {
  const Entries = batch.map(({ text }, index) => ({ Id: String(index), MessageBody: text }));
  const answer = await client
    .send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
    .catch((cause: unknown) => {
      throw new QueueError('send', { cause });
    });
  const refused = answer.Failed ?? [];
  if (refused.length === 0) return;
  throw new QueueError('send', { cause: new Error(`refused: ${refused.map(({ Code }) => Code).join(', ')}`) });
}

/** What Lambda delivers of SQS, as far as it is read: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export interface SqsEvent {
  readonly Records: readonly { readonly messageId: string; readonly receiptHandle: string; readonly body: string }[];
}

/** Which messages come back; needs `ReportBatchItemFailures` on the event source mapping. */
export interface SqsBatchResponse {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** Gives a delivered batch to a consumer; what is to be retried comes back after the delay that its verdict names. */
export async function consumeSqsEvent<M>(
  event: SqsEvent,
  consumer: Consumer<M>,
  delay: (receiptHandle: string, seconds: number) => Promise<void>,
): Promise<SqsBatchResponse> {
  const verdicts = await consumer(event.Records.map(({ body }) => JSON.parse(body) as M));
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const [index, record] of event.Records.entries()) {
    const verdict = verdicts[index];
    if (verdict?.kind === 'done') continue;
    batchItemFailures.push({ itemIdentifier: record.messageId });
    if (verdict) await delay(record.receiptHandle, verdict.afterSeconds);
  }
  return { batchItemFailures };
}

/** Lets a received message wait so long before it comes back; where that fails it comes back when the queue's own time is over. */
export function createSqsDelay(
  client: SQSClient,
  queueUrl: string,
): (receiptHandle: string, seconds: number) => Promise<void> {
  return async (receiptHandle, seconds) => {
    const command = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: Math.ceil(seconds) };
    await client.send(new ChangeMessageVisibilityCommand(command)).catch(() => undefined);
  };
}
