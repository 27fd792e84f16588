import type { RoundAnswer } from './answer.ts';
import { TrainingReportSchema } from './answer.ts';
import type { EndReason, Job, Round } from './job.ts';

/** Rounds in a row that may bring nothing before a job is given up. */
export const MAX_FAILED_ROUNDS = 3;
/** Failures that another round may not meet. */
const PASSING: ReadonlySet<string> = new Set(['storage', 'internal', 'out-of-memory', 'superseded']);

/** What can be done about each reason that the endpoint gives. */
const HELP: Readonly<Record<string, string>> = {
  'bad-dataset': 'Make another version of the dataset, and train on that.',
  'bad-hyperparameter': 'Send the job again with a value that is allowed.',
  'out-of-memory': 'Send the job again with a smaller batchSize or model, or give the endpoint a larger instance.',
  'no-time': 'Send the job again with higher limits.',
  'bad-checkpoint': 'Send the job again: it begins anew.',
};
const RETRY = 'POST …/retry goes on from the last checkpoint.';

/** What an answer makes of a job whose last round it is of. */
export function afterAnswer(job: Job, answer: RoundAnswer): Job {
  const { status, reason, checkpoint, secondsSpent } = answer;
  const ended = endLast(job, {
    ended: status,
    secondsSpent,
    ...(reason ? { detail: `${reason.code}: ${reason.detail}` } : {}),
    ...(checkpoint ? { checkpoint } : {}),
  });
  switch (status) {
    case 'finished': {
      const files = answer.pack?.files ?? [];
      const fence = answer.fence;
      const report = TrainingReportSchema.parse(answer);
      return { ...ended, state: 'verifying', made: { fence, files }, report };
    }
    case 'unfinished':
      return afterUnfinished(job, ended);
    case 'cancelled':
      return { ...ended, state: 'cancelled', reason: cancelled() };
    case 'failed': {
      const { code, detail } = reason ?? { code: 'internal', detail: 'The endpoint gave no reason.' };
      return PASSING.has(code) ? afterFailure(ended, code, detail) : giveUp(ended, code, detail);
    }
    default:
      return status satisfies never;
  }
}

/** A round that came no further than the one before would go on like that for ever. */
function afterUnfinished(before: Job, ended: Job): Job {
  const epochs = before.rounds.flatMap(({ checkpoint }) => (checkpoint ? [checkpoint.epoch] : []));
  const epoch = ended.rounds.at(-1)?.checkpoint?.epoch;
  if (epoch !== undefined && epoch > Math.max(-1, ...epochs)) return { ...ended, state: 'queued', failedRounds: 0 };
  return afterFailure(ended, 'no-progress', 'The round ended before it came further than the one before.');
}

/** The last round brought nothing: another one, or the end. */
export function afterFailure(job: Job, code: string, detail: string): Job {
  const failedRounds = job.failedRounds + 1;
  if (failedRounds >= MAX_FAILED_ROUNDS) return giveUp({ ...job, failedRounds }, code, detail);
  return { ...job, state: 'queued', failedRounds };
}

export function giveUp(job: Job, code: string, detail: string): Job {
  return { ...job, state: 'failed', reason: { code, detail, help: HELP[code] ?? RETRY } };
}

export function cancelled(): EndReason {
  return { code: 'cancelled', detail: 'The job was stopped on request.', help: RETRY };
}

/** The job with its last round at its end. */
export function endLast(job: Job, end: Partial<Round>): Job {
  return { ...job, rounds: job.rounds.map((round, i) => (i === job.rounds.length - 1 ? { ...round, ...end } : round)) };
}
