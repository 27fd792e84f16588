import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DevError } from '../bootstrap/dev-error.mjs';
import { ROOT } from '../workspace/paths.ts';
import type { LocalBucket, WorkerFolder } from '../workspace/workers.ts';
import { HOST } from './wrangler-process.ts';

const TRAINER = join(ROOT, 'infra', 'trainer');
const ENDPOINT_NAME = 'edgemark-trainer';
/** How long it may take to end its round's process. */
const GRACE_MILLISECONDS = 10_000;

/** The Worker whose bucket lies between the function train and the local endpoint; only with a trainer. */
export const STAGING_WORKER: WorkerFolder = {
  name: 'staging bucket',
  configPath: join(ROOT, 'infra', 'dev', 'staging-bucket', 'wrangler.jsonc'),
};

/** The local training endpoint: the container's own code behind SageMaker's HTTP interface. */
export interface TrainerProcess {
  readonly ended: Promise<void>;
  readonly logPath: string;
  stop(): Promise<void>;
}

export interface TrainerOptions {
  readonly python: string;
  readonly port: number;
  /** Of wrangler's S3 beside the Workers. */
  readonly s3Endpoint: string;
  readonly staging: LocalBucket;
  readonly stateFolder: string;
}

/** The Python that can train. Throws `DevError` where there is none, with the way to make it. */
export function findTrainer(environment: NodeJS.ProcessEnv): string {
  const python = environment['EDGEMARK_PYTHON'] || join(TRAINER, '.venv', 'bin', 'python');
  const remedy =
    'cd infra/trainer && python3 -m venv .venv && .venv/bin/pip install -e ".[local]"   (PyTorch: about 3 GB)';
  if (!existsSync(python)) throw new DevError(`there is no Python for training at ${python}.`, remedy);
  const { status } = spawnSync(python, ['-c', 'import torch, onnx, onnxruntime, boto3'], {
    cwd: TRAINER,
    stdio: 'ignore',
  });
  if (status !== 0) throw new DevError(`${python} lacks packages of the trainer.`, remedy);
  return python;
}

export function startTrainer(options: TrainerOptions): TrainerProcess {
  const { python, port, s3Endpoint, staging, stateFolder } = options;
  const logPath = join(stateFolder, 'trainer.log');
  const log = openSync(logPath, 'w');
  const address = ['--host', HOST, '--port', String(port)];
  const bucket = ['--s3-endpoint', s3Endpoint, '--bucket', staging.bucket];
  const child = spawn(python, ['-m', 'edgemark_trainer', 'local-endpoint', ...address, ...bucket], {
    cwd: TRAINER,
    env: {
      ...process.env,
      STAGING_ACCESS_KEY_ID: staging.accessKeyId,
      STAGING_SECRET_ACCESS_KEY: staging.secretAccessKey,
      PYTHONUTF8: '1',
      // A third of the time of all cores goes into agreeing on who computes what: RUNTIME figures of small models are best on one.
      OMP_NUM_THREADS: process.env['OMP_NUM_THREADS'] ?? '1',
    },
    stdio: ['ignore', log, log],
    detached: process.platform !== 'win32',
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { ended, logPath, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, GRACE_MILLISECONDS).unref())]);
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It has ended, and its group with it.
  }
  await ended;
}

/** The secret TRAINING of the function train: see shared/adapters/web/training-endpoint.ts. */
export function trainingSecret(
  { port, s3Endpoint, staging }: Omit<TrainerOptions, 'python' | 'stateFolder'>,
  data: LocalBucket,
): string {
  return JSON.stringify({
    endpointName: ENDPOINT_NAME,
    url: `http://${HOST}:${port}`,
    // The local endpoint asks nobody who they are; the client signs all the same.
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    staging: bucketAt(s3Endpoint, staging),
    data: bucketAt(s3Endpoint, data),
  });
}

function bucketAt(endpoint: string, { bucket, accessKeyId, secretAccessKey }: LocalBucket): object {
  return { bucket, region: 'auto', endpoint, credentials: { accessKeyId, secretAccessKey } };
}
