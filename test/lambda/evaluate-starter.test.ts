import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EvaluationAnswer, EvaluationSchema, ProgressSchema } from '../../functions/evaluate/contract.ts';
import { nodeRequestBody } from '../../shared/adapters/aws/node-request-body.ts';
import { createS3BlobStore } from '../../shared/adapters/web/s3-blob-store.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { toApiGatewayEvent, toResponse } from '../support/api-gateway-event.ts';
import { startLocalS3 } from '../support/local-s3.ts';
import { startLocalSqs } from '../support/local-sqs.ts';
import { seedDataset } from '../support/seed-dataset.ts';
import { seedAlias, seedKey } from '../support/seed-store.ts';
import { copyStarter, starterManifest } from '../support/starter-packs.ts';
import { get, jsonOf, KEYS, post } from '../support/test-server.ts';

/** The Stanford Sentiment Treebank, two classes, the official test split: a label and a text a line. */
const SST2 = join(process.env['EDGEMARK_DATA'] ?? '', 'text/harvard-sent-conv/stsa.binary.test');
const missing = process.env['EDGEMARK_DATA'] && existsSync(SST2) ? null : 'EDGEMARK_DATA does not name the data folder';
if (missing) console.warn(`Skipped: the starter pack on SST-2, as ${missing}.`);

const OWN = [
  { id: '1', text: 'I love this hotel, the staff were wonderful!', label: 'positive' },
  { id: '2', text: 'Terrible service and the food was cold. Never again.', label: 'negative' },
  { id: '3', text: '房间又脏又吵，再也不会来了。', label: 'negative' },
  { id: '4', text: '味道很好，送餐也快，下次还会点。', label: 'positive' },
];

const stops: (() => Promise<void>)[] = [];
let ask: (body: object) => Promise<EvaluationAnswer>;

beforeAll(async () => {
  const [s3, sqs] = [await startLocalS3(), await startLocalSqs()];
  stops.push(s3.stop, sqs.stop);
  Object.assign(process.env, {
    EDGEMARK_BUCKET: s3.bucket,
    EDGEMARK_S3_ENDPOINT: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    LOG_REQUESTS: 'failures',
    EDGEMARK_EVALUATE_QUEUE_URL: sqs.queueUrl,
    EDGEMARK_SQS_ENDPOINT: sqs.endpoint,
  });
  const { bucket, endpoint, credentials } = s3;
  const store = createS3BlobStore({ bucket, endpoint, credentials, toRequestBody: nodeRequestBody });
  await seedKey(store, KEYS.all);
  await copyStarter(store, 'sentiment');
  await seedAlias(store, 'sentiment', 'production', starterManifest('sentiment').version);
  await seedDataset(store, { name: 'own-sentences', splits: { test: [OWN.slice(0, 1), OWN.slice(1)] } });
  if (!missing) await seedDataset(store, { name: 'sst-2', splits: { test: [readSst2()] } });
  const { handler, queueHandler } = await import('../../functions/evaluate/lambda.ts');
  const fetch = async (path: string, init: RequestInit) =>
    toResponse(await handler(await toApiGatewayEvent(new Request(`https://edgemark.test${path}`, init))));
  ask = async (body) => {
    const begun = ProgressSchema.parse(await jsonOf(await fetch('/v1/evaluate', post(body)), 202));
    while (await sqs.invoke(queueHandler));
    return EvaluationSchema.parse(await jsonOf(await fetch(`/v1/evaluate/${begun.id}`, get())));
  };
});

afterAll(async () => {
  for (const stop of stops) await stop();
});

test('the starter pack is right in sentences that nobody would dispute', async () => {
  const request = { task: 'classification', source: { dataset: { name: 'own-sentences' } }, model: 'sentiment' };
  const answer = await ask(request);
  expect(answer.metrics['accuracy']?.value).toBe(1);
  expect(answer.models?.[0]).toMatchObject({ name: 'sentiment', version: starterManifest('sentiment').version });
});

describe.skipIf(missing !== null)('SST-2, 1,821 sentences', () => {
  const source = { dataset: { name: 'sst-2' } };

  test('two-class accuracy is the figure of the pack', { timeout: 240_000 }, async () => {
    const answer = await ask({ task: 'binary-classification', source, model: 'sentiment', positive: 'positive' });
    const told = toldBy(starterManifest('sentiment'), 'two-class');
    expect(answer.dataset?.rows).toBe(1_821);
    expect(answer.metrics['accuracy']?.value).toBeCloseTo(told, 3);
  });

  test('accuracy among all its labels as well, beside itself no difference', { timeout: 240_000 }, async () => {
    const compare = { model: `sentiment@${starterManifest('sentiment').version}` };
    const answer = await ask({ task: 'classification', source, model: 'sentiment', compare });
    expect(answer.metrics['accuracy']?.value).toBeCloseTo(
      toldBy(starterManifest('sentiment'), 'among all 3 labels'),
      3,
    );
    expect(answer.comparison?.metrics['accuracyDifference']?.value).toBe(0);
  });
});

function readSst2(): object[] {
  const lines = readFileSync(SST2, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line, place) => ({
    id: String(place),
    label: line.startsWith('1') ? 'positive' : 'negative',
    text: line.slice(line.indexOf(' ') + 1).trim(),
  }));
}

function toldBy({ metrics }: Manifest, note: string): number {
  const found = metrics.find(
    (metric) => metric.dataset === 'SST-2' && metric.name === 'accuracy' && metric.note === note,
  );
  if (!found) throw new Error(`the manifest has no accuracy on SST-2, ${note}`);
  return found.value;
}
