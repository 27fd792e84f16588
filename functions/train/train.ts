import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { toHex } from '../../shared/core/hex.ts';
import { inParallel } from '../../shared/core/in-parallel.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { type DatasetManifest, SPLIT_NAMES } from '../../shared/dataset/dataset-manifest.ts';
import { findDataset } from '../../shared/dataset/find-dataset.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { TextAnswer } from '../../shared/http/operation.ts';
import { listBlobs, listFolders } from '../../shared/ports/list-all.ts';
import { advance, stopAll } from './advance.ts';
import { checkSettings } from './check-settings.ts';
import { EPOCHS_SHOWN, JOBS_SHOWN, type JobAnswer, type JobList, type JobSummary } from './contract.ts';
import type { TrainRequest } from './contract-request.ts';
import { NOT_CONFIGURED, type TrainDeps } from './deps.ts';
import { isOver, type Job, readJob, secondsSpent, writeJob } from './job.ts';
import { jobsPrefix, openJobKey, openJobsPrefix } from './job-keys.ts';
import { renderLearningCurves } from './learning-curves.ts';
import { MAX_PICTURES } from './pictures.ts';
import { readProgress } from './progress.ts';
import { FAMILY_BY_TASK } from './round-request.ts';

/** Jobs of a tenant that may be under way at once. */
const MAX_OPEN_JOBS = 10;
const SECONDS_PER_HOUR = 3_600;
/** Digits of a job's id that say when it was made, so that ids sort by time; the rest is random. */
const TIME_DIGITS = 12;
const RANDOM_BYTES = 10;
const MAX_CHANGES = 8;

/** Checks the request against what it is about, writes the job down and hands its first round over. */
export async function startTraining(
  deps: TrainDeps,
  request: TrainRequest,
  caller: Caller,
): Promise<Outcome<JobAnswer>> {
  if (!deps.endpoint) return fail(NOT_CONFIGURED);
  const settings = checkSettings(request);
  if (!settings.ok) return settings;
  const { tenant } = caller;
  const dataset = await findDataset(deps.store, tenant, request.dataset.name, request.dataset.version);
  if (!dataset.ok) return dataset;
  const fit = checkDataset(request, dataset.value);
  if (!fit.ok) return fit;
  const open = (await listBlobs(deps.store, openJobsPrefix(tenant))).length;
  if (open >= MAX_OPEN_JOBS) {
    const detail = `${open} training jobs are under way; ${MAX_OPEN_JOBS} may be. Stop one, or wait until one ends.`;
    return fail({ kind: 'rate-limited', detail, retryAfterSeconds: 600 });
  }
  const job = newJob(deps, deps.endpoint.usdPerHour, request, dataset.value, caller);
  if (!job.ok) return job;
  // The mark goes first: a job without it would be looked after by nobody.
  await deps.store.put(openJobKey(tenant, job.value.id), new Uint8Array());
  const written = await writeJob(deps.store, tenant, job.value, deps.newId(), { ifNoneMatch: '*' });
  if (written.kind !== 'written')
    return fail({ kind: 'unavailable', detail: 'Storage takes no job at the moment.', retryAfterSeconds: 2 });
  return show(deps, (await advance(deps, tenant, job.value.id)) ?? job.value, caller);
}

function checkDataset({ task }: TrainRequest, { name, kind, labels, splits }: DatasetManifest): Outcome<undefined> {
  const wanted = FAMILY_BY_TASK[task].kind;
  if (kind !== wanted) return invalidField('dataset', `${name} is of kind ${kind}; ${task} learns from ${wanted}`);
  for (const split of SPLIT_NAMES)
    if (splits[split].rows === 0) return invalidField('dataset', `${name} has no rows to ${PURPOSE[split]}`);
  const rows = SPLIT_NAMES.reduce((sum, split) => sum + splits[split].rows, 0);
  if (kind === 'image-classification' && rows > MAX_PICTURES)
    return invalidField('dataset', `${name} has ${rows} pictures; ${task} learns from ${MAX_PICTURES} at most`);
  if (labels.length === 0) return ok(undefined);
  const learned = new Set(Object.keys(splits.train.labels));
  if (learned.size < 2)
    return invalidField('dataset', `${name} has ${learned.size} label to learn; a classifier tells at least two apart`);
  const missing = labels.find((label) => !learned.has(label));
  if (missing === undefined) return ok(undefined);
  return invalidField('dataset', `${name} has the label "${missing}" only in rows that are not learned from`);
}

const PURPOSE = { train: 'learn from', validation: 'choose by', test: 'judge by' };

function newJob(
  { clock, randomBytes }: TrainDeps,
  usdPerHour: number | null,
  request: TrainRequest,
  dataset: DatasetManifest,
  { keyId }: Caller,
): Outcome<Job> {
  const now = new Date(clock.now());
  const { minutes, costUsd } = request.limits;
  if (costUsd !== undefined && usdPerHour === null)
    return invalidField('limits.costUsd', 'can’t be kept: the price of the endpoint is not configured');
  const affordable =
    costUsd === undefined || usdPerHour === null ? Infinity : (costUsd / usdPerHour) * SECONDS_PER_HOUR;
  const jobSeconds = Math.floor(Math.min(minutes * 60, affordable));
  if (jobSeconds < 1) return invalidField('limits.costUsd', 'does not pay for a second of training');
  const at = now.toISOString();
  return ok({
    id: now.getTime().toString(16).padStart(TIME_DIGITS, '0') + toHex(randomBytes(RANDOM_BYTES)),
    ...{ createdAt: at, updatedAt: at, by: keyId, request, jobSeconds },
    dataset: { name: dataset.name, version: dataset.version },
    pack: { name: request.model, version: versionOf(at) },
    ...{ state: 'queued', reason: null, notBefore: null, waitingSince: null, lastFence: 0, rounds: [] },
    ...{
      failedRounds: 0,
      made: null,
      report: null,
      cancelRequestedAt: null,
      evaluatingSince: null,
      against: null,
      promotion: null,
    },
  });
}

/** `2026.1124.200512`: versions of a model sort by the moment when their jobs began. */
function versionOf(at: string): string {
  const digits = at.replaceAll(/\D/g, '');
  return `${digits.slice(0, 4)}.${digits.slice(4, 8)}.${digits.slice(8, 14)}`;
}

export async function showTraining(deps: TrainDeps, id: string, caller: Caller): Promise<Outcome<JobAnswer>> {
  const read = await readJob(deps.store, caller.tenant, id);
  return read ? show(deps, read.job, caller) : notFound(id);
}

/** The job's learning curves as a picture. */
export async function drawTraining({ store }: TrainDeps, id: string, { tenant }: Caller): Promise<Outcome<TextAnswer>> {
  const read = await readJob(store, tenant, id);
  if (!read) return notFound(id);
  return ok(new TextAnswer(await renderLearningCurves(store, tenant, read.job), 'image/svg+xml'));
}

export async function listTraining({ store }: TrainDeps, { tenant, requestId }: Caller): Promise<Outcome<JobList>> {
  const ids = (await listFolders(store, jobsPrefix(tenant))).sort().reverse().slice(0, JOBS_SHOWN);
  const read = await inParallel(ids, (id) => readJob(store, tenant, id));
  return ok({ jobs: read.flatMap((found) => (found ? [summaryOf(found.job)] : [])), requestId });
}

/** A job that nobody runs ends at once; a round is told to stop, and the job ends with its answer. */
export async function cancelTraining(deps: TrainDeps, id: string, caller: Caller): Promise<Outcome<JobAnswer>> {
  const { tenant } = caller;
  const changed = await change(deps, tenant, id, (job) => {
    if (isOver(job)) return fail({ kind: 'conflict', detail: `The job ${id} is over: ${job.state}.` });
    return ok({ ...job, cancelRequestedAt: job.cancelRequestedAt ?? new Date(deps.clock.now()).toISOString() });
  });
  if (!changed.ok) return changed;
  await stopAll(deps.store, tenant, id);
  return show(deps, (await advance(deps, tenant, id)) ?? changed.value, caller);
}

/** Goes on with a job that failed or was stopped, from its last checkpoint and under the limits that it had. */
export async function retryTraining(deps: TrainDeps, id: string, caller: Caller): Promise<Outcome<JobAnswer>> {
  if (!deps.endpoint) return fail(NOT_CONFIGURED);
  const { tenant } = caller;
  await deps.store.put(openJobKey(tenant, id), new Uint8Array());
  const changed = await change(deps, tenant, id, (job) => {
    if (job.state !== 'failed' && job.state !== 'cancelled')
      return fail({
        kind: 'conflict',
        detail: `The job ${id} is ${job.state}: only one that failed or was stopped can be tried again.`,
      });
    const fresh = { reason: null, notBefore: null, waitingSince: null, failedRounds: 0, cancelRequestedAt: null };
    return ok({ ...job, ...fresh, state: 'queued' });
  });
  if (!changed.ok) return changed;
  return show(deps, (await advance(deps, tenant, id)) ?? changed.value, caller);
}

/** Changes the job as it is now, however often others are faster. */
async function change(
  { store, newId, clock }: TrainDeps,
  tenant: string,
  id: string,
  toChanged: (job: Job) => Outcome<Job>,
): Promise<Outcome<Job>> {
  for (let tries = 0; tries < MAX_CHANGES; tries++) {
    const read = await readJob(store, tenant, id);
    if (!read) return notFound(id);
    const changed = toChanged(read.job);
    if (!changed.ok) return changed;
    const job = { ...changed.value, updatedAt: new Date(clock.now()).toISOString() };
    const written = await writeJob(store, tenant, job, newId(), read.condition);
    if (written.kind === 'written') return ok(job);
    if (written.kind === 'throttled') await clock.sleep(written.retryAfterSeconds * 1000);
  }
  return fail({ kind: 'unavailable', detail: `The job ${id} changes too often at the moment.`, retryAfterSeconds: 2 });
}

async function show(
  { store, endpoint }: TrainDeps,
  job: Job,
  { tenant, requestId }: Caller,
): Promise<Outcome<JobAnswer>> {
  const round = job.rounds.at(-1);
  const epochs = round ? (await readProgress(store, tenant, job.id, round.fence)).slice(-EPOCHS_SHOWN) : [];
  const spent = secondsSpent(job);
  const usdPerHour = endpoint?.usdPerHour ?? null;
  return ok({
    ...summaryOf(job),
    request: job.request,
    isCancelling: job.cancelRequestedAt !== null && !isOver(job),
    secondsSpent: spent,
    secondsExpected: epochs.at(-1)?.secondsExpected ?? null,
    costUsd: usdPerHour === null ? null : Number(((spent / SECONDS_PER_HOUR) * usdPerHour).toFixed(4)),
    rounds: job.rounds.map(({ place: _, ...shown }) => shown),
    epochs,
    report: job.report,
    promotion: job.promotion,
    requestId,
  });
}

function summaryOf({ id, state, reason, createdAt, updatedAt, request, dataset, pack }: Job): JobSummary {
  return { id, state, reason, createdAt, updatedAt, task: request.task, dataset, pack };
}

function notFound(id: string): Outcome<never> {
  return fail({ kind: 'not-found', detail: `There is no training job "${id}".` });
}
