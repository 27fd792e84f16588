/**
 * Cloudflare Queues for a bare workerd: a process of its own that takes what workerd's queue binding sends (`POST /message`, `POST /batch`)
 * into memory and delivers it in batches, one at a time, to the Worker behind DELIVERY. What a message is kept for is not lost
 * with it: parts that nobody acknowledged are queued again by collect's ticks. `GET /metrics` says how far it is; `POST /hold`
 * stops deliveries, `POST /deliver` resumes them. Environment: PORT, QUEUE, DELIVERY (URL), MAX_BATCH_SIZE, MAX_BATCH_TIMEOUT_SECONDS,
 * MAX_RETRIES.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { PORT, QUEUE, DELIVERY } = process.env;
const maxBatchSize = Number(process.env.MAX_BATCH_SIZE);
const maxBatchTimeoutMs = 1000 * Number(process.env.MAX_BATCH_TIMEOUT_SECONDS);
const maxRetries = Number(process.env.MAX_RETRIES);
const IDLE_MS = 5;

const waiting = [];
const counts = { accepted: 0, batches: 0, acknowledged: 0, retried: 0, dropped: 0 };
/** Messages with the consumer, or waiting for their next try. */
let away = 0;
let isHeld = false;

createServer({ keepAliveTimeout: 0 }, async (request, response) => {
  const body = await bytesOf(request);
  if (request.url === '/message') enqueue([{ body: body.toString() }]);
  else if (request.url === '/batch') enqueue(JSON.parse(body.toString()).messages.map(decode));
  else if (request.url === '/hold') isHeld = true;
  else if (request.url === '/deliver') isHeld = false;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ...counts, unsettled: waiting.length + away, metadata: { metrics: metrics() } }));
}).listen(Number(PORT), '127.0.0.1');

for (;;) {
  while (isHeld || waiting.length === 0) await sleep(IDLE_MS);
  const fullBy = Date.now() + maxBatchTimeoutMs;
  while (waiting.length < maxBatchSize && Date.now() < fullBy) await sleep(IDLE_MS);
  await deliver(waiting.splice(0, maxBatchSize));
}

function enqueue(messages) {
  counts.accepted += messages.length;
  const timestamp = Date.now();
  for (const { body } of messages) waiting.push({ id: randomUUID(), timestamp, body, attempts: 1 });
}

async function deliver(batch) {
  away += batch.length;
  counts.batches++;
  const verdict = await ask(batch).catch((error) => {
    console.error(error);
    return { outcome: 'exception' };
  });
  const failed = verdict.outcome !== 'ok' || verdict.retryBatch?.retry;
  const retries = new Map((verdict.retryMessages ?? []).map(({ msgId, delaySeconds = 0 }) => [msgId, delaySeconds]));
  for (const message of batch) {
    if (failed || retries.has(message.id)) retry(message, retries.get(message.id) ?? 0);
    else {
      away--;
      counts.acknowledged++;
    }
  }
}

async function ask(messages) {
  const response = await fetch(DELIVERY, { method: 'POST', body: JSON.stringify({ queue: QUEUE, messages }) });
  if (!response.ok) throw new Error(`the delivery was answered by ${response.status}`);
  return response.json();
}

function retry(message, delaySeconds) {
  if (message.attempts > maxRetries) {
    away--;
    counts.dropped++;
    return;
  }
  counts.retried++;
  setTimeout(() => {
    away--;
    waiting.push({ ...message, attempts: message.attempts + 1 });
  }, delaySeconds * 1000);
}

/** Bodies are sent as base64 in a batch; ours are text. */
function decode({ body }) {
  return { body: Buffer.from(body, 'base64').toString() };
}

/** What the binding gives its caller back. */
function metrics() {
  return { backlogCount: waiting.length, backlogBytes: 0, oldestMessageTimestamp: waiting[0]?.timestamp ?? 0 };
}

async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
