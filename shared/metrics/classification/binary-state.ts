import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { MeanSums, type SavedMean } from '../mean-sums.ts';
import { binaryCell, numberCell, shown } from '../read-cell.ts';
import { readWeight } from '../read-weight.ts';
import { prefixed, unprefixed } from '../saved-arrays.ts';
import type { RowRecord, SavedState, StateSize, TaskState } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';
import type { BinaryClassificationSettings } from './binary-classification-task.ts';
import { evaluateBinary } from './binary-evaluation.ts';
import { BinaryScores } from './binary-scores.ts';
import { CalibrationBins } from './calibration.ts';

/** Scores are kept off 0 and 1 by a double's precision, as scikit-learn does, so that a certain error costs 36 and not infinity. */
const LEAST_PROBABILITY = Number.EPSILON;

/** What rows of a binary classification are gathered into. */
export class BinaryState implements TaskState {
  readonly settings: BinaryClassificationSettings;
  readonly size: StateSize;
  readonly confusion: WeightCells;
  readonly scores: BinaryScores;
  readonly logLoss: MeanSums;
  readonly brier: MeanSums;
  readonly calibration: CalibrationBins;
  /** Rows taken, those of weight 0 included. */
  rows = 0;
  /** Rows whose score is no probability. */
  outsideRows = 0;

  constructor(settings: BinaryClassificationSettings, size: StateSize, saved?: SavedState) {
    this.settings = settings;
    this.size = size;
    if (saved === undefined) {
      this.confusion = new WeightCells(4);
      this.scores = new BinaryScores(size);
      [this.logLoss, this.brier] = [new MeanSums(), new MeanSums()];
      this.calibration = new CalibrationBins(settings.calibrationBins);
      return;
    }
    const { arrays } = saved;
    const fields = saved.fields as unknown as SavedFields;
    [this.rows, this.outsideRows] = [fields.rows, fields.outsideRows];
    this.confusion = WeightCells.restore(unprefixed('confusion', arrays));
    this.scores = BinaryScores.restore(size, unprefixed('scores', arrays));
    this.logLoss = MeanSums.restore(fields.lossRows, fields.logLoss);
    this.brier = MeanSums.restore(fields.lossRows, fields.brier);
    const calibration = { arrays: unprefixed('calibration', arrays), sums: fields.calibration };
    this.calibration = new CalibrationBins(settings.calibrationBins, calibration);
  }

  add(row: RowRecord): string | null {
    const label = binaryCell(row['label']);
    if (label === undefined) return `label: expected 0 or 1, got ${shown(row['label'])}`;
    const score = numberCell(row['score']);
    if (score === undefined) return `score: expected a number, got ${shown(row['score'])}`;
    const weight = readWeight(row['weight']);
    if (typeof weight === 'string') return weight;
    this.take(label, score, weight);
    return null;
  }

  /** Takes parsed rows: labels 0 and 1, finite scores, weights from 0 to `MAX_WEIGHT`. */
  addArrays(labels: ArrayLike<number>, scores: ArrayLike<number>, weights?: ArrayLike<number>): void {
    for (let i = 0; i < labels.length; i++) {
      this.take(labels[i] as number, scores[i] as number, weights === undefined ? 1 : (weights[i] as number));
    }
  }

  take(label: number, score: number, weight: number): void {
    this.rows += 1;
    if (weight === 0) return;
    const isPositive = label === 1;
    this.confusion.add(2 * label + (score >= this.settings.threshold ? 1 : 0), weight);
    this.scores.add(isPositive, score, weight);
    if (score >= 0 && score <= 1) this.#takeProbability(isPositive, score, weight);
    else this.outsideRows += 1;
  }

  #takeProbability(isPositive: boolean, score: number, weight: number): void {
    const ofLabel = isPositive ? score : 1 - score;
    this.logLoss.add(-Math.log(Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, ofLabel))), weight);
    this.brier.add((1 - ofLabel) * (1 - ofLabel), weight);
    this.calibration.add(isPositive, score, weight);
  }

  merge(later: TaskState): void {
    const other = later as BinaryState;
    this.rows += other.rows;
    this.outsideRows += other.outsideRows;
    this.confusion.merge(other.confusion);
    this.scores.merge(other.scores);
    this.logLoss.merge(other.logLoss);
    this.brier.merge(other.brier);
    this.calibration.merge(other.calibration);
  }

  save(): SavedState {
    const calibration = this.calibration.save();
    const fields: SavedFields = {
      rows: this.rows,
      outsideRows: this.outsideRows,
      lossRows: this.logLoss.saveRows(),
      logLoss: this.logLoss.save(),
      brier: this.brier.save(),
      calibration: calibration.sums,
    };
    const arrays = {
      ...prefixed('confusion', this.confusion.save()),
      ...prefixed('scores', this.scores.save()),
      ...prefixed('calibration', calibration.arrays),
    };
    return { fields: { ...fields }, arrays };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    return evaluateBinary(this, intervals);
  }
}

interface SavedFields {
  readonly rows: number;
  readonly outsideRows: number;
  readonly lossRows: readonly [number, number];
  readonly logLoss: SavedMean;
  readonly brier: SavedMean;
  readonly calibration: SavedState['fields'][string];
}
