import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { DatasetNameSchema, DatasetVersionSchema } from '../../shared/dataset/dataset-manifest.ts';
import { ModelNameSchema, ModelVersionSchema, PackFileSchema } from '../../shared/model/manifest.ts';
import type { BlobStore, PutCondition, PutResult } from '../../shared/ports/blob-store.ts';
import { TrainingReportSchema } from './answer.ts';
import { TrainRequestSchema } from './contract-request.ts';
import { jobKey } from './job-keys.ts';

/**
 * - `queued`: a round is to be handed over, at once or when `notBefore` has come;
 * - `training`: the last round runs, or was being handed over;
 * - `verifying`: a pack came back;
 * - `evaluating`: the pack is a version of the model, and is compared with the one that serves;
 * - `trained`: the version is there; `promotion` says whether it serves, and why;
 * - `failed`, `cancelled`: see `reason`; a retry goes on from the last checkpoint.
 */
export const JOB_STATES = ['queued', 'training', 'verifying', 'evaluating', 'trained', 'failed', 'cancelled'] as const;
export const JobStateSchema = z.enum(JOB_STATES);
export type JobState = z.infer<typeof JobStateSchema>;

/** Why a job ended, and what can be done about it. */
export const EndReasonSchema = z.object({ code: z.string(), detail: z.string(), help: z.string() });
export type EndReason = z.infer<typeof EndReasonSchema>;

const CheckpointSchema = z.object({ sha256: z.string(), sizeBytes: z.int(), epoch: z.int() });

/** What became of the version: whether it serves, what it was judged by, and what can be done. */
export const PromotionOutcomeSchema = z.object({
  outcome: z.enum(['promoted', 'held']),
  detail: z.string(),
  evaluation: z.string().nullable(),
  /** The version that served when it was judged, as `name@version`; null where there was none. */
  against: z.string().nullable(),
});
export type PromotionOutcome = z.infer<typeof PromotionOutcomeSchema>;

/** A round as it was handed over. No other of the job ever has its fence. */
export const RoundSchema = z.object({
  fence: z.int().positive(),
  dispatchedAt: z.iso.datetime(),
  /** Nothing is expected of it after this moment. */
  deadlineAt: z.iso.datetime(),
  /** Absent until the endpoint took it. */
  place: z.object({ output: z.string(), failure: z.string() }).optional(),
  /** How it ended: a status of the endpoint's answer, or `lost` or `error`. Absent while it may run. */
  ended: z.string().optional(),
  detail: z.string().optional(),
  secondsSpent: z.number().optional(),
  checkpoint: CheckpointSchema.optional(),
});
export type Round = z.infer<typeof RoundSchema>;

/** `tenants/{tenant}/jobs/{id}/job.json`, schema version 1. Every change is a conditional write, so a job is in one state. */
const JobDocumentSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  id: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** The API key that asked for it. */
  by: z.string(),
  request: TrainRequestSchema,
  dataset: z.object({ name: DatasetNameSchema, version: DatasetVersionSchema }),
  pack: z.object({ name: ModelNameSchema, version: ModelVersionSchema }),
  /** Seconds of training that the limits leave. */
  jobSeconds: z.int().positive(),
  state: JobStateSchema,
  reason: EndReasonSchema.nullable(),
  notBefore: z.iso.datetime().nullable(),
  /** Since when no instance takes its next round. */
  waitingSince: z.iso.datetime().nullable(),
  /** The highest fence that was given to a round, taken or not. */
  lastFence: z.int().nonnegative(),
  rounds: z.array(RoundSchema),
  /** Rounds in a row that brought nothing. */
  failedRounds: z.int().nonnegative(),
  /** By which round the files of the pack are, and what they are. */
  made: z.object({ fence: z.int(), files: z.array(PackFileSchema) }).nullable(),
  report: TrainingReportSchema.nullable(),
  cancelRequestedAt: z.iso.datetime().nullable(),
  evaluatingSince: z.iso.datetime().nullable(),
  /** `name@version` of what served when the evaluation began: what the version is compared with. */
  against: z.string().nullable(),
  promotion: PromotionOutcomeSchema.nullable(),
});

export type Job = Omit<z.infer<typeof JobDocumentSchema>, 'schemaVersion' | 'revision'>;

export interface ReadJob {
  readonly job: Job;
  readonly condition: PutCondition;
}

export async function readJob(store: BlobStore, tenant: string, id: string): Promise<ReadJob | null> {
  const found = await store.get(jobKey(tenant, id));
  if (found.kind === 'missing') return null;
  const { schemaVersion: _, revision: __, ...job } = JobDocumentSchema.parse(fromJsonBytes(await found.bytes()));
  return { job, condition: { ifMatch: found.etag } };
}

export function writeJob(
  store: BlobStore,
  tenant: string,
  job: Job,
  revision: string,
  condition: PutCondition,
): Promise<PutResult> {
  return store.put(jobKey(tenant, job.id), toJsonBytes({ schemaVersion: 1, revision, ...job }), condition);
}

/** Whether nothing more happens by itself. */
export function isOver({ state }: Pick<Job, 'state'>): boolean {
  return state === 'trained' || state === 'failed' || state === 'cancelled';
}

/** Seconds of training that were paid for so far, as the endpoint says. */
export function secondsSpent({ rounds }: Pick<Job, 'rounds'>): number {
  return rounds.reduce((sum, round) => sum + (round.secondsSpent ?? 0), 0);
}

/** The newest checkpoint, by which round it is. */
export function lastCheckpoint({ rounds }: Pick<Job, 'rounds'>): { fence: number; sha256: string } | null {
  const round = rounds.findLast(({ checkpoint }) => checkpoint !== undefined);
  return round?.checkpoint ? { fence: round.fence, sha256: round.checkpoint.sha256 } : null;
}
