/**
 * One figure of Edgemark's from parsed arrays, in this process alone. Arguments: what is worked out, the folder of arrays, the rows,
 * the runs. Prints JSON: seconds, memory over the arrays, the figures.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  binaryClassificationTask,
  DEFAULT_BINARY_CLASSIFICATION_SETTINGS,
} from '../../../shared/metrics/classification/binary-classification-task.ts';
import { BinaryScores } from '../../../shared/metrics/classification/binary-scores.ts';
import {
  classificationTask,
  DEFAULT_CLASSIFICATION_SETTINGS,
} from '../../../shared/metrics/classification/classification-task.ts';
import { totalsOf } from '../../../shared/metrics/classification/roc.ts';
import { rocAucMetric } from '../../../shared/metrics/classification/score-metrics.ts';
import { DEFAULT_INTERVALS } from '../../../shared/metrics/evaluation.ts';
import { liveBytes, settledBytes, withPeakMemory } from './peak-memory.mjs';
import { timedRuns } from './timed-runs.mjs';

/** Rows between two looks at what is alive. */
const BLOCK_ROWS = 2 ** 18;
const NO_INTERVALS = { ...DEFAULT_INTERVALS, method: 'none' };
const CLASSES = Array.from({ length: 10 }, (_, c) => `${c}`);

const [, , wanted = '', folder = '', rowsText = '', runsText = '1'] = process.argv;
const rows = Number(rowsText);
const read = (name, bytes) => readFileSync(join(folder, name)).subarray(0, rows * bytes);
const bytesOf = (name) => Uint8Array.from(read(name, 1));
const doublesOf = (name) => new Float64Array(Uint8Array.from(read(name, 8)).buffer);

/** Each takes the arrays from one row to another, and answers. */
const KINDS = {
  report() {
    const [truths, predictions] = [bytesOf('truths.u8'), bytesOf('predictions.u8')];
    return () => {
      const state = classificationTask.start(DEFAULT_CLASSIFICATION_SETTINGS, 'whole');
      return {
        take: (from, to) => state.addArrays(CLASSES, truths.subarray(from, to), predictions.subarray(from, to)),
        answer: (intervals) => state.evaluate(intervals),
      };
    };
  },
  rocAuc() {
    const [labels, scores] = [bytesOf('labels.u8'), doublesOf('scores.f64')];
    return () => {
      const held = new BinaryScores('whole');
      return {
        take: (from, to) => {
          for (let row = from; row < to; row++) held.add(labels[row] === 1, scores[row], 1);
        },
        answer: (intervals) => ({ metrics: { rocAuc: rocAucMetric(held, totalsOf(held), intervals) } }),
      };
    };
  },
  binary() {
    const [labels, scores] = [bytesOf('labels.u8'), doublesOf('scores.f64')];
    return () => {
      const state = binaryClassificationTask.start(DEFAULT_BINARY_CLASSIFICATION_SETTINGS, 'whole');
      return {
        take: (from, to) => state.addArrays(labels.subarray(from, to), scores.subarray(from, to)),
        answer: (intervals) => state.evaluate(intervals),
      };
    };
  },
};

const start = KINDS[wanted]();
const timed = await withPeakMemory(() => timedRuns(Number(runsText), () => once(NO_INTERVALS)));
const withIntervals = await timedRuns(1, () => once(DEFAULT_INTERVALS));
const { result, seconds, cpuSeconds } = timed.result;
const { metrics, tables } = result;
console.log(
  JSON.stringify({
    seconds,
    cpuSeconds,
    withIntervalsCpuSeconds: withIntervals.cpuSeconds,
    peakBytes: timed.peakBytes,
    liveBytes: await mostAlive(),
    metrics,
    tables,
  }),
);

function once(intervals) {
  const { take, answer } = start();
  take(0, rows);
  return answer(intervals);
}

/** The same once more, stopping to see what is alive: slow, so that it is not timed. */
async function mostAlive() {
  const before = await settledBytes();
  const { take, answer } = start();
  let most = 0;
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    take(from, Math.min(rows, from + BLOCK_ROWS));
    most = Math.max(most, liveBytes() - before);
  }
  answer(NO_INTERVALS);
  return most;
}
