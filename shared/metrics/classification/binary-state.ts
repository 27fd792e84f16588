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
/** Rows of arrays that are taken together. */
const BLOCK_ROWS = 512;
const losses = new Float64Array(BLOCK_ROWS);
const errors = new Float64Array(BLOCK_ROWS);

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
    if (weights !== undefined) {
      for (let i = 0; i < labels.length; i++) this.take(labels[i] as number, scores[i] as number, weights[i] as number);
      return;
    }
    for (let from = 0; from < labels.length; from += BLOCK_ROWS) {
      this.#takeBlock(labels, scores, from, Math.min(labels.length, from + BLOCK_ROWS));
    }
  }

  /** What `take` does with rows of weight 1, one sum after the other: V8 boxes no number then. */
  #takeBlock(labels: ArrayLike<number>, scores: ArrayLike<number>, from: number, to: number): void {
    this.rows += to - from;
    for (let i = from; i < to; i++) {
      this.confusion.add(this.#cellOf(labels[i] as number, scores[i] as number), 1);
      this.scores.add(labels[i] === 1, scores[i] as number, 1);
    }
    let probabilities = 0;
    for (let i = from; i < to; i++) {
      const score = scores[i] as number;
      if (!(score >= 0 && score <= 1)) continue;
      const isPositive = labels[i] === 1;
      const ofLabel = isPositive ? score : 1 - score;
      losses[probabilities] = lossOf(ofLabel);
      errors[probabilities] = (1 - ofLabel) * (1 - ofLabel);
      probabilities += 1;
      this.calibration.add(isPositive, score, 1);
    }
    this.outsideRows += to - from - probabilities;
    this.logLoss.addUnweighted(losses.subarray(0, probabilities));
    this.brier.addUnweighted(errors.subarray(0, probabilities));
  }

  #cellOf(label: number, score: number): number {
    return 2 * label + (score >= this.settings.threshold ? 1 : 0);
  }

  take(label: number, score: number, weight: number): void {
    this.rows += 1;
    if (weight === 0) return;
    const isPositive = label === 1;
    this.confusion.add(this.#cellOf(label, score), weight);
    this.scores.add(isPositive, score, weight);
    if (score >= 0 && score <= 1) this.#takeProbability(isPositive, score, weight);
    else this.outsideRows += 1;
  }

  #takeProbability(isPositive: boolean, score: number, weight: number): void {
    const ofLabel = isPositive ? score : 1 - score;
    this.logLoss.add(lossOf(ofLabel), weight);
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

function lossOf(probability: number): number {
  return -Math.log(Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, probability)));
}

interface SavedFields {
  readonly rows: number;
  readonly outsideRows: number;
  readonly lossRows: readonly [number, number];
  readonly logLoss: SavedMean;
  readonly brier: SavedMean;
  readonly calibration: SavedState['fields'][string];
}
