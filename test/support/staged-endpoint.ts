import { z } from 'zod';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import type { TrainingRunner } from '../../shared/ports/training-runner.ts';
import type { UrlSigner } from '../../shared/ports/url-signer.ts';
import { tinyPack } from './tiny-pack.ts';

/** Of a round's request, what the endpoint of the tests looks at. */
const RequestSchema = z.object({
  job: z.string(),
  fence: z.int(),
  pack: z.object({ name: z.string(), version: z.string() }),
  hyperparameters: z.object({ epochs: z.int() }),
  checkpoint: z.object({ get: z.string().nullable(), put: z.string() }),
  progress: z.array(z.string()),
  cancel: z.string(),
  packFiles: z.record(z.string(), z.string()),
});
type Request = z.infer<typeof RequestSchema>;

/** The training itself: each epoch's weights follow from the one before, so that the last tell whether any was left out or done twice. */
const StateSchema = z.object({ epoch: z.int(), weights: z.number() });
type State = z.infer<typeof StateSchema>;

const STAGING = 'staging/';
const MODULUS = 1_000_003;

/** Hands rounds over by objects, as SageMaker's asynchronous inference does. */
export function createStagedRunner(store: BlobStore): TrainingRunner {
  return {
    async dispatch({ name, request }) {
      const written = await store.put(`${STAGING}${name}/request.json`, request);
      if (written.kind === 'throttled') return { kind: 'busy', retryAfterSeconds: written.retryAfterSeconds };
      return {
        kind: 'dispatched',
        place: { output: `${STAGING}${name}/output.json`, failure: `${STAGING}${name}/failure.json` },
      };
    },
    async collect({ output, failure }) {
      const answered = await store.get(output);
      if (answered.kind === 'found') return { kind: 'answered', answer: await answered.bytes() };
      const failed = await store.get(failure);
      if (failed.kind === 'missing') return { kind: 'running' };
      return { kind: 'failed', reason: new TextDecoder().decode(await failed.bytes()) };
    },
    nameOf: (location) => /^staging\/(.+)\/request\.json$/.exec(location)?.[1] ?? null,
  };
}

/** Addresses that only this endpoint follows: the keys themselves. */
export const KEY_SIGNER: UrlSigner = {
  toRead: async (key) => key,
  toWrite: async (key) => key,
};

/** Rounds that were handed over and not answered yet, by the names of their requests. */
export async function waitingRounds(store: BlobStore): Promise<string[]> {
  const keys = (await listBlobs(store, STAGING)).map(({ key }) => key);
  const names = keys.filter((key) => key.endsWith('/request.json')).map((key) => key.slice(0, -'request.json'.length));
  return names.filter((name) => !keys.some((key) => key === `${name}output.json` || key === `${name}failure.json`));
}

/** Runs a round as the container does: so many epochs at most, then a checkpoint; the pack when all are done. */
export async function runRound(store: BlobStore, name: string, epochsARound: number): Promise<void> {
  const request = RequestSchema.parse(await readJson(store, `${name}request.json`));
  const { job, fence } = request;
  let state: State = { epoch: 0, weights: 1 };
  if (request.checkpoint.get !== null) state = StateSchema.parse(await readJson(store, request.checkpoint.get));
  const begin = state.epoch;
  const last = Math.min(request.hyperparameters.epochs, begin + epochsARound);
  let told = 0;
  while (state.epoch < last) {
    const stop = await stopWord(store, request);
    if (stop !== null) return answer(store, name, { ...head(job, fence, state, begin), ...stop });
    state = { epoch: state.epoch + 1, weights: (state.weights * 31 + state.epoch) % MODULUS };
    const record = {
      run: 'final',
      fence,
      epoch: state.epoch,
      trainLoss: 1 / state.epoch,
      secondsSpent: state.epoch * 60,
    };
    await store.put(request.progress[Math.min(told++, request.progress.length - 1)] as string, toJsonBytes(record));
  }
  const bytes = toJsonBytes(state);
  await store.put(request.checkpoint.put, bytes);
  const checkpoint = { sha256: await sha256Hex(bytes), sizeBytes: bytes.length, epoch: state.epoch };
  const said = { ...head(job, fence, state, begin), checkpoint };
  if (state.epoch < request.hyperparameters.epochs)
    return answer(store, name, {
      ...said,
      status: 'unfinished',
      reason: { code: 'round-over', detail: 'An hour is over.' },
    });
  const files = await writePack(store, request, state);
  await answer(store, name, { ...said, status: 'finished', pack: { files }, epochs: state.epoch });
}

function head(job: string, fence: number, state: State, begin: number): object {
  return { schemaVersion: 1, job, fence, secondsSpent: (state.epoch - begin) * 60 };
}

async function stopWord(store: BlobStore, { cancel, fence }: Request): Promise<object | null> {
  const found = await store.get(cancel);
  if (found.kind === 'missing') return null;
  const { minimumFence } = z.object({ minimumFence: z.int().optional() }).parse(fromJsonBytes(await found.bytes()));
  if (minimumFence === undefined) return { status: 'cancelled' };
  if (fence >= minimumFence) return null;
  return { status: 'failed', reason: { code: 'superseded', detail: 'A newer round runs.' } };
}

/** The pack says by its accuracy which weights it has. */
async function writePack(store: BlobStore, { pack, packFiles }: Request, { weights }: State): Promise<object[]> {
  const { files } = await tinyPack({ ...pack, accuracy: weights / MODULUS });
  const written: object[] = [];
  for (const [path, bytes] of files) {
    await store.put(packFiles[path] as string, bytes);
    written.push({ path, sizeBytes: bytes.length, sha256: await sha256Hex(bytes) });
  }
  return written;
}

async function answer(store: BlobStore, name: string, said: object): Promise<void> {
  await store.put(`${name}output.json`, toJsonBytes(said));
}

async function readJson(store: BlobStore, key: string): Promise<unknown> {
  const found = await store.get(key);
  if (found.kind === 'missing') throw new Error(`${key} is missing`);
  return fromJsonBytes(await found.bytes());
}

/** The accuracy of a pack of so many epochs, however many rounds they took. */
export function accuracyAfter(epochs: number): number {
  let weights = 1;
  for (let epoch = 0; epoch < epochs; epoch++) weights = (weights * 31 + epoch) % MODULUS;
  return weights / MODULUS;
}
