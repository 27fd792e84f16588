import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createSageMakerRunner } from '../../shared/adapters/web/sagemaker-runner.ts';
import { RunnerError } from '../../shared/ports/training-runner.ts';
import { utf8 } from '../support/utf8.ts';

const ROUND = { name: 'acme/0a/0001', request: utf8('{"job":"0a"}'), ttlSeconds: 7_200, timeoutSeconds: 3_600 };

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** A server that takes one call as SageMaker's runtime does, and the runner before it. */
async function start(answer: { status: number; headers?: Record<string, string>; body?: string }) {
  const calls: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    calls.push({ url: request.url, headers: request.headers });
    request.resume();
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body ?? '{"InferenceId":"acme-0a-0001"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => server.close();
  const store = createMemoryBlobStore();
  const runner = createSageMakerRunner({
    endpointName: 'trainer',
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    staging: { bucket: 'staging', store },
  });
  return { calls, store, runner };
}

const PLACE = { output: 's3://staging/out/1.out', failure: 's3://staging/failures/1-error.out' };
const TAKEN = {
  status: 202,
  headers: { 'x-amzn-sagemaker-outputlocation': PLACE.output, 'x-amzn-sagemaker-failurelocation': PLACE.failure },
};

test('a round is staged and named to the endpoint, signed, with its times', async () => {
  const { calls, store, runner } = await start(TAKEN);
  expect(await runner.dispatch(ROUND)).toEqual({ kind: 'dispatched', place: PLACE });
  expect(calls).toHaveLength(1);
  expect(calls[0]?.url).toBe('/endpoints/trainer/async-invocations');
  expect(calls[0]?.headers).toMatchObject({
    'x-amzn-sagemaker-inputlocation': 's3://staging/rounds/acme/0a/0001/request.json',
    'x-amzn-sagemaker-inference-id': 'acme-0a-0001',
    'x-amzn-sagemaker-requestttlseconds': '7200',
    'x-amzn-sagemaker-invocationtimeoutseconds': '3600',
    'x-amzn-sagemaker-content-type': 'application/json',
  });
  expect(calls[0]?.headers.authorization).toContain('/eu-west-1/sagemaker/aws4_request');
  const staged = await store.get('rounds/acme/0a/0001/request.json');
  expect(staged.kind === 'found' && new TextDecoder().decode(await staged.bytes())).toBe('{"job":"0a"}');
});

test('a long name is cut to what an inference id may have; where a request lies tells its name', async () => {
  const { calls, runner } = await start(TAKEN);
  const name = `${'t'.repeat(63)}/${'0a'.repeat(16)}/0001`;
  await runner.dispatch({ ...ROUND, name });
  const id = calls[0]?.headers['x-amzn-sagemaker-inference-id'] as string;
  expect([id.length, id.endsWith(`${'0a'.repeat(16)}-0001`)]).toEqual([64, true]);
  expect(runner.nameOf(calls[0]?.headers['x-amzn-sagemaker-inputlocation'] as string)).toBe(name);
  expect(runner.nameOf('s3://other/rounds/acme/0a/0001/request.json')).toBeNull();
  expect(runner.nameOf(PLACE.output)).toBeNull();
});

test.each([
  ['ThrottlingException', 400, { kind: 'busy' }],
  ['ModelNotReadyException', 429, { kind: 'busy' }],
  ['ServiceUnavailable', 503, { kind: 'busy' }],
  ['ValidationError', 400, { kind: 'refused' }],
  ['AccessDeniedException', 403, { kind: 'refused' }],
])('%s is understood, and asked for once', async (name, status, expected) => {
  const body = JSON.stringify({ message: 'arn:aws:secret' });
  const { calls, runner } = await start({ status, headers: { 'x-amzn-errortype': name }, body });
  const dispatched = await runner.dispatch(ROUND);
  expect(dispatched).toMatchObject(expected);
  expect(JSON.stringify(dispatched)).not.toContain('arn:');
  expect(calls).toHaveLength(1);
});

test('what is not understood is an error, not a verdict', async () => {
  const { runner } = await start({ status: 418, body: '{}' });
  await expect(runner.dispatch(ROUND)).rejects.toBeInstanceOf(RunnerError);
});

test('nothing, an answer, a failure', async () => {
  const { store, runner } = await start(TAKEN);
  expect(await runner.collect(PLACE)).toEqual({ kind: 'running' });
  await store.put('failures/1-error.out', utf8('{"failureReason":"time-out"}'));
  expect(await runner.collect(PLACE)).toEqual({
    kind: 'failed',
    reason: 'The endpoint failed: {"failureReason":"time-out"}',
  });
  await store.put('out/1.out', utf8('{}'));
  expect(await runner.collect(PLACE)).toEqual({ kind: 'answered', answer: utf8('{}') });
  const elsewhere = { output: 's3://other/x', failure: 's3://other/y' };
  await expect(runner.collect(elsewhere)).rejects.toBeInstanceOf(RunnerError);
});
