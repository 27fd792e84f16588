import { z } from '@hono/zod-openapi';
import type { Outcome } from '../../shared/core/failure.ts';
import { invalidField } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import { parseWith } from '../../shared/http/body.ts';
import { binaryClassificationTask } from '../../shared/metrics/classification/binary-classification-task.ts';
import { classificationTask } from '../../shared/metrics/classification/classification-task.ts';
import { multilabelTask } from '../../shared/metrics/classification/multilabel-task.ts';
import { comparisonTask } from '../../shared/metrics/comparison/comparison-task.ts';
import { driftTask } from '../../shared/metrics/drift/drift-task.ts';
import { abTestTask } from '../../shared/metrics/marketing/ab-test-task.ts';
import { attributionTask } from '../../shared/metrics/marketing/attribution-task.ts';
import { campaignTask } from '../../shared/metrics/marketing/campaign-task.ts';
import { upliftTask } from '../../shared/metrics/marketing/uplift-task.ts';
import { rankingTask } from '../../shared/metrics/ranking/ranking-task.ts';
import { regressionTask } from '../../shared/metrics/regression/regression-task.ts';
import { slicedTask } from '../../shared/metrics/slices/sliced-task.ts';
import type { ColumnSpec, SavedState, Task, TaskState } from '../../shared/metrics/task.ts';
import {
  abTestSettings,
  attributionSettings,
  binaryClassificationSettings,
  campaignSettings,
  classificationSettings,
  comparisonSettings,
  driftSettings,
  multilabelSettings,
  rankingSettings,
  regressionSettings,
  upliftSettings,
} from './settings.ts';

/** A task with its settings and slices: what rows are gathered by. */
export interface BoundTask {
  readonly name: string;
  readonly columns: readonly ColumnSpec[];
  /** Whether the task reads columns beside those it names. */
  readonly readsOthers: boolean;
  /** Every setting with its value. */
  readonly settings: unknown;
  start(): TaskState;
  restore(saved: SavedState): TaskState;
}

interface Entry {
  readonly name: string;
  readonly settings: z.ZodType;
  bind(settings: unknown, slices: readonly string[]): Outcome<BoundTask>;
}

/** A task with the schema of its settings, which fills in what is not said. */
function entry<S extends z.ZodType>(task: Task<z.output<S>>, settings: S, readsOthers = false): Entry {
  return {
    name: task.name,
    settings,
    bind(given, slices) {
      const parsed = parseWith(z.object({ settings }), { settings: given }, 'settings');
      if (!parsed.ok) return parsed;
      const { settings: chosen } = parsed.value as { readonly settings: z.output<S> };
      const sliced = slices.length === 0 ? task : slicedTask(task, slices);
      return ok({
        name: task.name,
        columns: task.columns,
        readsOthers,
        settings: chosen,
        start: () => sliced.start(chosen, 'whole'),
        restore: (saved: SavedState) => sliced.restore(chosen, 'whole', saved),
      });
    },
  };
}

const ENTRIES: readonly Entry[] = [
  entry(binaryClassificationTask, binaryClassificationSettings),
  entry(classificationTask, classificationSettings),
  entry(multilabelTask, multilabelSettings),
  entry(regressionTask, regressionSettings),
  entry(comparisonTask, comparisonSettings),
  entry(rankingTask, rankingSettings),
  entry(campaignTask, campaignSettings),
  entry(upliftTask, upliftSettings),
  entry(abTestTask, abTestSettings),
  entry(attributionTask, attributionSettings),
  entry(driftTask, driftSettings, true),
];

export const TASK_NAMES = ENTRIES.map(({ name }) => name);

/** The settings of each task, for the documentation. */
export const SETTINGS_BY_TASK: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  ENTRIES.map(({ name, settings }) => [name, settings]),
);

export function bindTask(name: string, settings: unknown, slices: readonly string[]): Outcome<BoundTask> {
  const found = ENTRIES.find((candidate) => candidate.name === name);
  if (!found) return invalidField('task', `must be one of ${TASK_NAMES.join(', ')}`);
  return found.bind(settings, slices);
}
