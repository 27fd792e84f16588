import { inParallel } from '../../shared/core/in-parallel.ts';
import type { Curve, Line } from '../../shared/metrics/evaluation.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { MAX_LINES, renderPlots } from '../../shared/report/plot.ts';
import type { Epoch } from './answer.ts';
import type { Job } from './job.ts';
import { readProgress } from './progress.ts';

/** Rounds whose epochs are drawn, the newest: each has up to 33 reads, and a request of a Worker may make a thousand. */
const ROUNDS_DRAWN = 24;
/** The run whose weights become the pack: drawn first. */
const FINAL = 'final';

/** Loss and validation metric by epoch, of all runs over all rounds, as SVG with words. */
export async function renderLearningCurves(store: BlobStore, tenant: string, job: Job): Promise<string> {
  const rounds = job.rounds.slice(-ROUNDS_DRAWN);
  const read = await inParallel(rounds, ({ fence }) => readProgress(store, tenant, job.id, fence), 2);
  const curves = learningCurves(read.flat());
  const omitted = job.rounds.length - rounds.length;
  const facts = [
    `${job.pack.name}@${job.pack.version}: learning curves, ${job.state}`,
    ...(curves.length === 0 ? ['no epoch is known yet'] : []),
    ...(omitted > 0 ? [`without the first ${omitted} of ${job.rounds.length} rounds`] : []),
  ];
  return renderPlots(facts.join(', '), curves.length === 0 ? [EMPTY] : curves);
}

const EMPTY: Curve = { title: 'Loss', xLabel: 'epoch', yLabel: 'loss', lines: [] };

/**
 * One plot of the losses and one of each validation metric; none where no epoch has the figure. An epoch that two rounds tell of was done again
 * from a checkpoint before it: the later round's holds.
 */
export function learningCurves(epochs: readonly Epoch[]): Curve[] {
  const runs = runsOf(epochs);
  const metrics = new Set(epochs.flatMap(({ validationMetric }) => validationMetric?.name ?? []));
  const losses = runs.flatMap(([run, told]) => [
    lineOf(`${run}, training`, told, ({ trainLoss }) => trainLoss),
    lineOf(`${run}, validation`, told, ({ validationLoss }) => validationLoss),
  ]);
  return [
    curveOf('loss', losses),
    ...[...metrics].map((name) =>
      curveOf(
        `validation ${name}`,
        runs.map(([run, told]) =>
          lineOf(run, told, ({ validationMetric: metric }) => (metric?.name === name ? metric.value : null)),
        ),
      ),
    ),
  ].filter(({ lines }) => lines.length > 0);
}

/** Each run's epochs in order: the final run first, then the others as they were begun. */
function runsOf(epochs: readonly Epoch[]): [string, Epoch[]][] {
  const runs = new Map<string, Map<number, Epoch>>();
  for (const told of [...epochs].sort((a, b) => a.fence - b.fence)) {
    const run = runs.get(told.run) ?? new Map<number, Epoch>();
    runs.set(told.run, run.set(told.epoch, told));
  }
  const inOrder = [...runs].map(([name, run]): [string, Epoch[]] => [
    name,
    [...run.values()].sort((a, b) => a.epoch - b.epoch),
  ]);
  return [...inOrder.filter(([name]) => name === FINAL), ...inOrder.filter(([name]) => name !== FINAL)];
}

function lineOf(name: string, epochs: readonly Epoch[], figureOf: (epoch: Epoch) => number | null | undefined): Line {
  const points = epochs.flatMap((told) => {
    const figure = figureOf(told);
    return typeof figure === 'number' ? [[told.epoch, figure] as const] : [];
  });
  return { name, x: points.map(([epoch]) => epoch), y: points.map(([, figure]) => figure) };
}

function curveOf(figure: string, all: readonly Line[]): Curve {
  const lines = all.filter(({ x }) => x.length > 0);
  const more = lines.length - MAX_LINES;
  const yLabel = more > 0 ? `${figure} (${more} more lines are not drawn)` : figure;
  return { title: figure, xLabel: 'epoch', yLabel, lines };
}
