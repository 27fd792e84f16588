import { compareCodePoints } from '../../core/code-point-order.ts';
import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { MeanSums, type SavedMean } from '../mean-sums.ts';
import { shown, textCell } from '../read-cell.ts';
import { readWeight } from '../read-weight.ts';
import { prefixed, unprefixed } from '../saved-arrays.ts';
import type { RowRecord, SavedState, StateSize, TaskState } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';
import { CalibrationBins } from './calibration.ts';
import { evaluateClasses } from './class-evaluation.ts';
import { ClassScores } from './class-scores.ts';
import type { ClassificationSettings } from './classification-task.ts';
import { ConfusionMatrix } from './confusion-matrix.ts';
import { LabelIndex } from './label-index.ts';
import { RowScores } from './row-scores.ts';

/** Different labels, true and predicted ones together: the confusion matrix is square in them. */
export const MOST_LABELS: Readonly<Record<StateSize, number>> = { whole: 500, slice: 60 };
/** How far scores that are read as probabilities may sum from 1. */
const SUM_TOLERANCE = 1e-3;
const LEAST_PROBABILITY = Number.EPSILON;

/** What rows of a classification are gathered into. */
export class ClassificationState implements TaskState {
  readonly settings: ClassificationSettings;
  readonly labels: LabelIndex;
  readonly confusion: ConfusionMatrix;
  readonly scores: ClassScores;
  readonly logLoss: MeanSums;
  readonly brier: MeanSums;
  /** Rows whose label is not among the k greatest scores, and those in which it is. */
  readonly topK: WeightCells;
  /** Of the predicted class's score. */
  readonly calibration: CalibrationBins;
  rows = 0;
  /** Rows without scores, of weight above 0. */
  unscoredRows = 0;
  /** Rows whose scores are no probabilities that sum to 1. */
  improperRows = 0;
  /** Rows whose label or prediction came after the most labels were there. */
  droppedRows = 0;
  readonly #rowScores = new RowScores();

  constructor(settings: ClassificationSettings, size: StateSize, saved?: SavedState) {
    this.settings = settings;
    const limit = MOST_LABELS[size];
    if (saved === undefined) {
      this.labels = new LabelIndex(limit);
      this.confusion = new ConfusionMatrix();
      this.scores = new ClassScores(size);
      [this.logLoss, this.brier, this.topK] = [new MeanSums(), new MeanSums(), new WeightCells(2)];
      this.calibration = new CalibrationBins(settings.calibrationBins);
      return;
    }
    const fields = saved.fields as unknown as SavedFields;
    this.labels = new LabelIndex(limit, fields.labels);
    [this.rows, this.unscoredRows, this.improperRows, this.droppedRows] = fields.counts;
    this.confusion = ConfusionMatrix.restore(unprefixed('confusion', saved.arrays));
    this.scores = ClassScores.restore(size, unprefixed('scores', saved.arrays));
    this.logLoss = MeanSums.restore(fields.lossRows, fields.logLoss);
    this.brier = MeanSums.restore(fields.lossRows, fields.brier);
    this.topK = WeightCells.restore(unprefixed('topK', saved.arrays));
    const calibration = { arrays: unprefixed('calibration', saved.arrays), sums: fields.calibration };
    this.calibration = new CalibrationBins(settings.calibrationBins, calibration);
  }

  add(row: RowRecord): string | null {
    const label = textCell(row['label']);
    if (label === undefined) return `label: expected a class, got ${shown(row['label'])}`;
    const scores = this.#rowScores;
    const fault = scores.read(row['scores']);
    if (fault !== null) return fault;
    const prediction = textCell(row['prediction']) ?? (scores.names.length === 0 ? undefined : scores.greatest());
    if (prediction === undefined) return 'prediction: expected a class, or scores by class';
    const weight = readWeight(row['weight']);
    if (typeof weight === 'string') return weight;
    return this.#take(label, prediction, weight);
  }

  /** Takes parsed rows of numbered classes: `labels` names them, `truths` and `predictions` are their numbers. */
  addArrays(labels: readonly string[], truths: ArrayLike<number>, predictions: ArrayLike<number>): void {
    const own = Uint32Array.from(labels, (label) => this.labels.indexOf(label) as number);
    for (let i = 0; i < truths.length; i++) {
      this.confusion.add(own[truths[i] as number] as number, own[predictions[i] as number] as number, 1);
    }
    this.rows += truths.length;
    this.unscoredRows += truths.length;
  }

  #take(label: string, prediction: string, weight: number): string | null {
    const [truth, predicted] = [this.labels.indexOf(label), this.labels.indexOf(prediction)];
    if (truth === undefined || predicted === undefined) {
      return `${truth === undefined ? 'label' : 'prediction'}: there are more than ${this.labels.size} different classes`;
    }
    this.rows += 1;
    if (weight === 0) return null;
    this.confusion.add(truth, predicted, weight);
    if (this.#rowScores.names.length === 0) this.unscoredRows += 1;
    else this.#takeScores(label, truth, prediction, weight);
    return null;
  }

  #takeScores(label: string, truth: number, prediction: string, weight: number) {
    const scores = this.#rowScores;
    const ofLabel = scores.of(label);
    let [sum, squares, before, isProper] = [0, 0, 0, true];
    for (let i = 0; i < scores.names.length; i++) {
      const score = scores.value(i);
      sum += score;
      squares += score * score;
      if (score < 0 || score > 1) isProper = false;
      if (score < ofLabel) continue;
      const name = scores.names[i] as string;
      if (score > ofLabel || (name !== label && compareCodePoints(name, label) < 0)) before += 1;
    }
    this.scores.add(truth, scores.byClass(this.labels), weight);
    this.topK.add(before < this.settings.topK ? 1 : 0, weight);
    if (!isProper || Math.abs(sum - 1) > SUM_TOLERANCE) {
      this.improperRows += 1;
      return;
    }
    this.logLoss.add(-Math.log(Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, ofLabel))), weight);
    this.brier.add(squares - 2 * ofLabel + 1, weight);
    this.calibration.add(prediction === label, scores.of(prediction), weight);
  }

  merge(later: TaskState): void {
    const other = later as ClassificationState;
    const toOwn = other.labels.labels.map((label) => this.labels.indexOf(label));
    if (toOwn.includes(undefined)) {
      // Past the most labels nothing of the part can be told apart: it is left out whole, and said.
      this.droppedRows += other.rows + other.droppedRows;
      return;
    }
    this.rows += other.rows;
    this.unscoredRows += other.unscoredRows;
    this.improperRows += other.improperRows;
    this.droppedRows += other.droppedRows;
    this.confusion.merge(other.confusion, toOwn as number[]);
    this.scores.merge(other.scores, toOwn as number[]);
    this.logLoss.merge(other.logLoss);
    this.brier.merge(other.brier);
    this.topK.merge(other.topK);
    this.calibration.merge(other.calibration);
  }

  save(): SavedState {
    const calibration = this.calibration.save();
    const fields: SavedFields = {
      labels: this.labels.labels,
      counts: [this.rows, this.unscoredRows, this.improperRows, this.droppedRows],
      lossRows: this.logLoss.saveRows(),
      logLoss: this.logLoss.save(),
      brier: this.brier.save(),
      calibration: calibration.sums,
    };
    const arrays = {
      ...prefixed('confusion', this.confusion.save()),
      ...prefixed('scores', this.scores.save()),
      ...prefixed('topK', this.topK.save()),
      ...prefixed('calibration', calibration.arrays),
    };
    return { fields: { ...fields }, arrays };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    return evaluateClasses(this, intervals);
  }
}

interface SavedFields {
  readonly labels: readonly string[];
  readonly counts: readonly [number, number, number, number];
  readonly lossRows: readonly [number, number];
  readonly logLoss: SavedMean;
  readonly brier: SavedMean;
  readonly calibration: SavedState['fields'][string];
}
