import type { JobAnswer } from '../../../functions/train/contract.ts';
import type { Option } from './command.ts';

export const JOB_OPTIONS: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'the answer as it comes' },
};

/** A job in words: where it is, what it cost, its last epochs, what came of it. */
export function jobLines(job: JobAnswer): string[] {
  const { pack, dataset, reason, report } = job;
  const state = job.isCancelling ? `${job.state}, is being stopped` : job.state;
  const cost = job.costUsd === null ? '' : `, $${job.costUsd}`;
  const expected = job.secondsExpected === null ? '' : ` of about ${minutes(job.secondsExpected)}`;
  return [
    `${job.id}  ${state}`,
    `  ${pack.name}@${pack.version} from ${dataset.name}@${dataset.version}`,
    `  ${job.rounds.length} round${job.rounds.length === 1 ? '' : 's'}, ${minutes(job.secondsSpent)}${expected}${cost}`,
    ...job.epochs.slice(-3).map(epochLine),
    ...(reason ? [`  ${reason.code}: ${reason.detail}`, `  ${reason.help}`] : []),
    ...(report?.metrics ?? []).slice(0, 6).map(metricLine),
    ...(job.state === 'trained' ? promotionLines(job) : []),
  ];
}

function epochLine({ run, epoch, trainLoss, validationMetric }: JobAnswer['epochs'][number]): string {
  const loss = typeof trainLoss === 'number' ? `, loss ${trainLoss.toFixed(4)}` : '';
  const metric = validationMetric ? `, ${validationMetric.name} ${validationMetric.value.toFixed(4)}` : '';
  return `  ${run} epoch ${epoch}${loss}${metric}`;
}

type Metric = NonNullable<JobAnswer['report']>['metrics'][number];

function metricLine({ name, value, interval, split }: Metric): string {
  const range = interval ? ` [${interval.map((bound) => bound.toFixed(3)).join(', ')}]` : '';
  return `  ${name} ${value.toFixed(3)}${range}${split === undefined ? '' : ` on ${split}`}`;
}

/** Whether the version serves, on what evidence, and if not what lets it. */
function promotionLines({ pack, promotion }: JobAnswer): string[] {
  const name = `${pack.name}@${pack.version}`;
  if (promotion?.outcome === 'promoted') return [`  ${name} serves. ${promotion.detail}`];
  const evaluation = promotion?.evaluation ?? null;
  const evidence = evaluation === null ? '--force WHY' : `--evaluation ${evaluation} --reason WHY`;
  return [
    `  ${name} serves nobody yet. ${promotion?.detail ?? ''}`,
    `  To let it serve: npm run edgemark -- models promote ${pack.name} --version ${pack.version} ${evidence}`,
  ];
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}
