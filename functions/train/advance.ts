import { toJsonBytes } from '../../shared/core/json-bytes.ts';
import { findDataset } from '../../shared/dataset/find-dataset.ts';
import { describeError } from '../../shared/http/request-log.ts';
import { type BlobStore, StorageError } from '../../shared/ports/blob-store.ts';
import type { Collected, Dispatched } from '../../shared/ports/training-runner.ts';
import { parseAnswer } from './answer.ts';
import { afterAnswer, afterFailure, cancelled, endLast, giveUp } from './decide.ts';
import type { Endpoint, TrainDeps } from './deps.ts';
import { isOver, type Job, type ReadJob, type Round, readJob, writeJob } from './job.ts';
import { cancelKey, openJobKey } from './job-keys.ts';
import { findServing, judgeVersion } from './judge-version.ts';
import { picturesOf } from './pictures.ts';
import { registerPack } from './register-pack.ts';
import { GRACE_SECONDS, ROUND_TIMEOUT_SECONDS, ROUND_TTL_SECONDS, roundRequest } from './round-request.ts';

/** One caller at a time moves a job on; one that was cut off holds up the next for so long. */
const LEASE_SECONDS = 180;
/** Steps of one call: a job that needs more goes on with the next tick. */
const MAX_STEPS = 8;
/** A job that no instance takes for so long is given up. */
const MAX_WAIT_SECONDS = 24 * 3600;
/** How long a cancelled round may go on until nothing is expected of it. */
const CANCEL_GRACE_SECONDS = 600;

/**
 * Moves a job as far as it can go now. Whoever calls it, however often and at the same time, each step is a conditional write of the job:
 * it happens once, and what a crash left half done is done again. Returns the job, or null where there is none.
 */
export async function advance(deps: TrainDeps, tenant: string, id: string): Promise<Job | null> {
  const lease = { name: `train/${tenant}/${id}`, owner: deps.newId() };
  const isMine = (await deps.coordinator.claim(lease.name, lease.owner, LEASE_SECONDS)).kind === 'claimed';
  if (!isMine) return (await readJob(deps.store, tenant, id))?.job ?? null;
  try {
    return await advanceAlone(deps, tenant, id);
  } finally {
    await deps.coordinator.release(lease.name, lease.owner);
  }
}

async function advanceAlone(deps: TrainDeps, tenant: string, id: string): Promise<Job | null> {
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const read = await readJob(deps.store, tenant, id);
    if (!read || isOver(read.job)) {
      await deps.store.delete(openJobKey(tenant, id));
      return read?.job ?? null;
    }
    const next = await step(deps, tenant, read);
    // A step that hands a round over writes the job itself.
    if (next === null) break;
    await write(deps, tenant, next, read);
  }
  return (await readJob(deps.store, tenant, id))?.job ?? null;
}

/** What the job is after one step; null where it has to wait. */
async function step(deps: TrainDeps, tenant: string, read: ReadJob): Promise<Job | null> {
  const { job } = read;
  switch (job.state) {
    case 'queued':
      return handOver(deps, tenant, read);
    case 'training':
      return lookAfter(deps, tenant, job);
    case 'verifying':
      return verify(deps, tenant, job);
    case 'evaluating':
      return judgeVersion(deps, tenant, job);
    default:
      return null;
  }
}

/**
 * The round is written down before the endpoint is asked, and its place after: between the two it may run or not. Then it is given up
 * and another has the next fence; should it run all the same, it is told to stop and nothing that it writes is looked at.
 */
async function handOver(deps: TrainDeps, tenant: string, { job, condition }: ReadJob): Promise<Job | null> {
  const nowMs = deps.clock.now();
  if (job.cancelRequestedAt !== null) return { ...job, state: 'cancelled', reason: cancelled() };
  if (job.waitingSince !== null && nowMs - Date.parse(job.waitingSince) > MAX_WAIT_SECONDS * 1000)
    return giveUp(job, 'no-instance', 'No instance of the endpoint took the round within a day.');
  if (job.notBefore !== null && nowMs < Date.parse(job.notBefore)) return null;
  if (!deps.endpoint) return giveUp(job, 'no-endpoint', 'No training endpoint is configured any more.');
  const dataset = await findDataset(deps.store, tenant, job.dataset.name, job.dataset.version);
  if (!dataset.ok) return giveUp(job, 'bad-dataset', dataset.failure.detail);
  // Read before the round is written down: a store that doesn't answer now costs no round.
  const pictures =
    dataset.value.kind === 'image-classification' ? await picturesOf(deps.store, tenant, dataset.value) : null;
  const fence = job.lastFence + 1;
  const round: Round = { fence, dispatchedAt: iso(nowMs), deadlineAt: iso(nowMs + deadlineSeconds() * 1000) };
  const begun: Job = { ...job, state: 'training', notBefore: null, lastFence: fence, rounds: [...job.rounds, round] };
  const written = await write(deps, tenant, begun, { job, condition });
  if (written === null) return null;
  if (fence > 1) await stopOlder(deps.store, tenant, job.id, fence);
  const request = await roundRequest(deps.endpoint.signer, tenant, begun, fence, dataset.value, pictures);
  const dispatched = await ask(deps, deps.endpoint, { tenant, id: job.id, fence, request });
  const read = await readJob(deps.store, tenant, job.id);
  // Somebody else went on with it: what was just handed over is an older round.
  if (!read || read.job.lastFence !== fence || read.job.state !== 'training') return null;
  await write(deps, tenant, afterDispatch(read.job, dispatched, deps.clock.now()), read);
  return null;
}

async function ask(
  deps: TrainDeps,
  { runner }: Endpoint,
  { tenant, id, fence, request }: { tenant: string; id: string; fence: number; request: Uint8Array<ArrayBuffer> },
): Promise<Dispatched> {
  return runner
    .dispatch({
      name: `${tenant}/${id}/${String(fence).padStart(4, '0')}`,
      request,
      ttlSeconds: ROUND_TTL_SECONDS,
      timeoutSeconds: ROUND_TIMEOUT_SECONDS,
    })
    .catch((error: unknown) => {
      deps.log({ event: 'incident', what: `round ${fence} of job ${id} was not taken`, error: describeError(error) });
      return { kind: 'busy', retryAfterSeconds: 60 } as const;
    });
}

function afterDispatch(job: Job, dispatched: Dispatched, nowMs: number): Job {
  switch (dispatched.kind) {
    case 'dispatched':
      return { ...endLast(job, { place: dispatched.place }), waitingSince: null };
    case 'busy': {
      // It may run all the same, so its fence is used up.
      const rounds = job.rounds.slice(0, -1);
      const notBefore = iso(nowMs + dispatched.retryAfterSeconds * 1000);
      return { ...job, rounds, state: 'queued', notBefore, waitingSince: job.waitingSince ?? iso(nowMs) };
    }
    case 'refused':
      return giveUp(endLast(job, { ended: 'refused', detail: dispatched.reason }), 'refused', dispatched.reason);
    default:
      return dispatched satisfies never;
  }
}

/** Looks whether the last round ended, well or otherwise. */
async function lookAfter(deps: TrainDeps, tenant: string, job: Job): Promise<Job | null> {
  const round = job.rounds.at(-1);
  const nowMs = deps.clock.now();
  // Written down, and then the process was gone.
  if (!round?.place)
    return afterFailure(endLast(job, { ended: 'lost' }), 'lost', 'It was not told whether the round began.');
  if (!deps.endpoint) return giveUp(job, 'no-endpoint', 'No training endpoint is configured any more.');
  const collected = await deps.endpoint.runner.collect(round.place);
  if (collected.kind !== 'running') return afterCollected(job, round, collected);
  const { cancelRequestedAt } = job;
  // Said again, since a newer word to older rounds may have taken its place.
  if (cancelRequestedAt !== null) await stopAll(deps.store, tenant, job.id);
  if (cancelRequestedAt !== null && nowMs > Date.parse(cancelRequestedAt) + CANCEL_GRACE_SECONDS * 1000)
    return { ...endLast(job, { ended: 'lost' }), state: 'cancelled', reason: cancelled() };
  if (nowMs <= Date.parse(round.deadlineAt)) return null;
  const detail = 'Neither an answer nor a failure came in the time that the round had.';
  return afterFailure(endLast(job, { ended: 'lost', detail }), 'lost', detail);
}

function afterCollected(job: Job, round: Round, collected: Exclude<Collected, { kind: 'running' }>): Job {
  if (collected.kind === 'failed') {
    const detail = collected.reason;
    return afterFailure(endLast(job, { ended: 'error', detail }), 'endpoint-failed', detail);
  }
  const answer = parseAnswer(collected.answer, job.id, round.fence);
  if (answer.ok) return afterAnswer(job, answer.value);
  return afterFailure(endLast(job, { ended: 'error', detail: answer.failure }), 'bad-answer', answer.failure);
}

async function verify(deps: TrainDeps, tenant: string, job: Job): Promise<Job> {
  const registered = await registerPack(deps.store, tenant, job);
  if (registered.ok)
    return {
      ...job,
      state: 'evaluating',
      failedRounds: 0,
      evaluatingSince: iso(deps.clock.now()),
      against: await findServing(deps, tenant, job),
    };
  const { code, detail } = registered.failure;
  return code === 'bad-pack'
    ? afterFailure({ ...job, made: null, report: null }, code, detail)
    : giveUp(job, code, detail);
}

/** Tells rounds before this one to stop, should any still run. */
async function stopOlder(store: BlobStore, tenant: string, id: string, fence: number): Promise<void> {
  await store.put(cancelKey(tenant, id), toJsonBytes({ minimumFence: fence }));
}

/** Tells every round of the job to stop. */
export async function stopAll(store: BlobStore, tenant: string, id: string): Promise<void> {
  await store.put(cancelKey(tenant, id), toJsonBytes({}));
}

/** The job as it was written; null where somebody else changed it meanwhile. */
async function write(deps: TrainDeps, tenant: string, job: Job, { condition }: ReadJob): Promise<Job | null> {
  const changed = { ...job, updatedAt: iso(deps.clock.now()) };
  const written = await writeJob(deps.store, tenant, changed, deps.newId(), condition);
  if (written.kind === 'throttled') throw new StorageError('put', `job ${job.id}`);
  return written.kind === 'written' ? changed : null;
}

function deadlineSeconds(): number {
  return ROUND_TTL_SECONDS + ROUND_TIMEOUT_SECONDS + GRACE_SECONDS;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
