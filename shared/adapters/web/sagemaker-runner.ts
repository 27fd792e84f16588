import {
  InvokeEndpointAsyncCommand,
  SageMakerRuntimeClient,
  type SageMakerRuntimeClientConfig,
} from '@aws-sdk/client-sagemaker-runtime';
import type { BlobStore } from '../../ports/blob-store.ts';
import { type Dispatched, type RoundPlace, RunnerError, type TrainingRunner } from '../../ports/training-runner.ts';

export interface SageMakerOptions {
  readonly endpointName: string;
  readonly region: string;
  /** Base address of another server with SageMaker's interface, such as the local endpoint. */
  readonly endpoint?: string;
  /** Left out on AWS: the role of the function is taken. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The bucket that carries requests and answers; SageMaker reads and writes S3 only. */
  readonly staging: { readonly bucket: string; readonly store: BlobStore };
}

/** Of a failure object, what is shown. */
const MAX_REASON_CHARACTERS = 500;
const ROUNDS = 'rounds/';
const REQUEST = '/request.json';
const BUSY_SECONDS = 60;
/** Of an inference id: what tells rounds apart stands at the end of their names. */
const MAX_ID_CHARACTERS = 64;
/** Exceptions that say "later": https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html */
const BUSY: ReadonlySet<unknown> = new Set([
  'ThrottlingException',
  'ModelNotReadyException',
  'ServiceUnavailable',
  'InternalFailure',
  'InternalDependencyException',
]);
/** And those that say "never". */
const REFUSED: ReadonlySet<unknown> = new Set(['ValidationError', 'ValidationException', 'AccessDeniedException']);

/** A SageMaker asynchronous endpoint: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html */
export function createSageMakerRunner(options: SageMakerOptions): TrainingRunner {
  const client = new SageMakerRuntimeClient(clientConfig(options));
  const { bucket, store } = options.staging;
  return {
    async dispatch({ name, request, ttlSeconds, timeoutSeconds }) {
      const key = `${ROUNDS}${name}${REQUEST}`;
      const written = await store.put(key, request);
      if (written.kind === 'throttled') return { kind: 'busy', retryAfterSeconds: written.retryAfterSeconds };
      const command = new InvokeEndpointAsyncCommand({
        EndpointName: options.endpointName,
        ContentType: 'application/json',
        InputLocation: `s3://${bucket}/${key}`,
        InferenceId: name.replaceAll('/', '-').slice(-MAX_ID_CHARACTERS),
        RequestTTLSeconds: ttlSeconds,
        InvocationTimeoutSeconds: timeoutSeconds,
      });
      try {
        const { OutputLocation, FailureLocation } = await client.send(command);
        if (OutputLocation === undefined || FailureLocation === undefined) throw new RunnerError('dispatch');
        return { kind: 'dispatched', place: { output: OutputLocation, failure: FailureLocation } };
      } catch (cause) {
        return afterFailure(cause, options.endpointName);
      }
    },

    async collect({ output, failure }: RoundPlace) {
      const answered = await store.get(keyOf(output, bucket));
      if (answered.kind === 'found') return { kind: 'answered', answer: await answered.bytes() };
      const failed = await store.get(keyOf(failure, bucket));
      if (failed.kind === 'missing') return { kind: 'running' };
      const words = new TextDecoder().decode(await failed.bytes());
      return { kind: 'failed', reason: `The endpoint failed: ${words.slice(0, MAX_REASON_CHARACTERS)}` };
    },

    nameOf(location) {
      const start = `s3://${bucket}/${ROUNDS}`;
      if (!location.startsWith(start) || !location.endsWith(REQUEST)) return null;
      return location.slice(start.length, -REQUEST.length);
    },
  };
}

function afterFailure(cause: unknown, endpointName: string): Dispatched {
  const name = cause instanceof Error ? cause.name : undefined;
  if (BUSY.has(name)) return { kind: 'busy', retryAfterSeconds: BUSY_SECONDS };
  if (REFUSED.has(name)) {
    const reason = `The endpoint "${endpointName}" does not take rounds (${name}): it does not exist, or this function may not invoke it.`;
    return { kind: 'refused', reason };
  }
  throw new RunnerError('dispatch', { cause });
}

function clientConfig({ region, endpoint, credentials }: SageMakerOptions): SageMakerRuntimeClientConfig {
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
    // A second invocation would be a second round: the function decides about that.
    maxAttempts: 1,
  };
}

/** The key of `s3://bucket/key`; of another bucket is a mistake in the endpoint's configuration. */
function keyOf(location: string, bucket: string): string {
  const prefix = `s3://${bucket}/`;
  if (!location.startsWith(prefix))
    throw new RunnerError('collect', { cause: new Error(`${location} is not in ${bucket}`) });
  return location.slice(prefix.length);
}
