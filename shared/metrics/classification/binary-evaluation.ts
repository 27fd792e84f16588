import type { Curve, Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import type { Metrics } from '../metric.ts';
import { binaryGains } from './binary-gains.ts';
import type { BinaryState } from './binary-state.ts';
import { confusionOf } from './confusion-cells.ts';
import { confusionMetrics } from './confusion-metrics.ts';
import { precisionRecallCurve } from './precision-recall.ts';
import { probabilityMetrics } from './probability-metrics.ts';
import { rocCurve, type ScoreTotals, totalsOf } from './roc.ts';
import { scoreMetrics } from './score-metrics.ts';

/** Rows of a class below which intervals and ranking figures say little. */
const FEW_ROWS = 30;

export function evaluateBinary(state: BinaryState, intervals: IntervalOptions): Evaluation {
  const totals = totalsOf(state.scores);
  const gains = binaryGains(state, totals, intervals);
  const metrics: Metrics = {
    count: { value: state.rows },
    ...confusionMetrics(state.confusion, state.settings, intervals),
    ...scoreMetrics(state, totals, intervals),
    ...probabilityMetrics(state, intervals),
    ...gains.metrics,
  };
  return {
    metrics,
    ...(gains.summary.length > 0 ? { summary: gains.summary } : {}),
    tables: { ...tablesOf(state), ...gains.tables },
    curves: { ...curvesOf(state, totals, intervals.level), ...gains.curves },
    warnings: warningsOf(state),
  };
}

function tablesOf(state: BinaryState): Record<string, Table> {
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusionOf(state.confusion);
  const confusion: Table = {
    title: `Confusion matrix at a threshold of ${state.settings.threshold}`,
    columns: ['label', 'predicted 0', 'predicted 1'],
    rows: [
      ['0', trueNegatives, falsePositives],
      ['1', falseNegatives, truePositives],
    ],
  };
  return state.outsideRows > 0 || state.logLoss.rows === 0
    ? { confusion }
    : { confusion, calibration: state.calibration.table() };
}

function curvesOf(state: BinaryState, totals: ScoreTotals, level: number): Record<string, Curve> {
  const { positives, negatives } = totals;
  return {
    ...(positives > 0 && negatives > 0 ? { roc: rocCurve(state.scores, totals) } : {}),
    ...(positives > 0 ? { precisionRecall: precisionRecallCurve(state.scores, totals) } : {}),
    ...(state.outsideRows === 0 && state.logLoss.rows > 0 ? { calibration: state.calibration.curve(level) } : {}),
  };
}

function warningsOf({ scores, outsideRows, rows }: BinaryState): string[] {
  const { positiveRows, negativeRows } = scores;
  const warnings: string[] = [];
  if (rows === 0) warnings.push('There are no rows.');
  else if (positiveRows === 0) warnings.push('No row is labelled 1.');
  else if (negativeRows === 0) warnings.push('No row is labelled 0.');
  else if (Math.min(positiveRows, negativeRows) < FEW_ROWS) {
    const [few, label] = positiveRows < negativeRows ? [positiveRows, 1] : [negativeRows, 0];
    warnings.push(`Only ${few} rows are labelled ${label}: figures that depend on them are uncertain.`);
  }
  if (outsideRows > 0) {
    warnings.push(`${outsideRows} scores lie outside 0 to 1, so they are not read as probabilities.`);
  }
  if (!scores.isExact) {
    warnings.push(
      'There are more rows than are kept: figures along the scores come from a histogram, within errorBound.',
    );
  }
  return warnings;
}
