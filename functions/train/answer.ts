import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { MetricSchema, PackFileSchema } from '../../shared/model/manifest.ts';

const NumberedMetricSchema = z.object({ name: z.string(), value: z.number() });

/** A line of a progress object, as far as it is shown: infra/trainer/ENDPOINT.md. */
export const EpochSchema = z.object({
  run: z.string(),
  fence: z.int(),
  epoch: z.int(),
  epochs: z.int().optional(),
  trainLoss: z.number().nullish(),
  validationLoss: z.number().nullish(),
  validationMetric: NumberedMetricSchema.nullish(),
  learningRate: z.number().nullish(),
  secondsSpent: z.number(),
  secondsExpected: z.number().nullish(),
  device: z.string().optional(),
});

/** What a finished training tells beside its pack; shown as it came. */
export const TrainingReportSchema = z.object({
  algorithm: z.string().optional(),
  hyperparameters: z.record(z.string(), z.unknown()).optional(),
  metrics: z.array(MetricSchema).default([]),
  validation: NumberedMetricSchema.optional(),
  baseline: z.record(z.string(), z.unknown()).optional(),
  crossValidation: z.record(z.string(), z.unknown()).optional(),
  search: z.record(z.string(), z.unknown()).optional(),
  endedBy: z.string().optional(),
  epochs: z.int().optional(),
  rows: z.record(z.string(), z.int()).optional(),
  device: z.record(z.string(), z.unknown()).optional(),
});

const ReasonSchema = z.object({ code: z.string().max(64), detail: z.string().max(4_000) });

/** A round's answer, schema version 1: infra/trainer/ENDPOINT.md. */
export const RoundAnswerSchema = z.object({
  schemaVersion: z.literal(1),
  job: z.string(),
  fence: z.int(),
  status: z.enum(['finished', 'unfinished', 'cancelled', 'failed']),
  reason: ReasonSchema.optional(),
  checkpoint: z
    .object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), sizeBytes: z.int().nonnegative(), epoch: z.int() })
    .optional(),
  pack: z.object({ files: z.array(PackFileSchema).min(1).max(100) }).optional(),
  secondsSpent: z.number().nonnegative(),
  ...TrainingReportSchema.shape,
});

export type Epoch = z.infer<typeof EpochSchema>;
export type TrainingReport = z.infer<typeof TrainingReportSchema>;
export type RoundAnswer = z.infer<typeof RoundAnswerSchema>;

/** The answer to the round of this job, or why it can't be one. */
export function parseAnswer(bytes: Uint8Array, job: string, fence: number): Result<RoundAnswer, string> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return fail('The answer is not JSON.');
  }
  const parsed = RoundAnswerSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail(`The answer is not understood: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  const answer = parsed.data;
  if (answer.job !== job || answer.fence !== fence)
    return fail(`The answer is of job ${answer.job}, round ${answer.fence}, not of ${job}, round ${fence}.`);
  if (answer.status === 'finished' && !answer.pack) return fail('The answer says finished, and names no pack.');
  if (answer.status === 'unfinished' && !answer.checkpoint && answer.reason?.code === 'round-over')
    return fail('The round is over, and left no checkpoint to go on from.');
  return ok(answer);
}
