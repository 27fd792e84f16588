import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { MeanSums, type SavedMean } from '../mean-sums.ts';
import { numberCell, shown } from '../read-cell.ts';
import { readWeight } from '../read-weight.ts';
import { prefixed, unprefixed } from '../saved-arrays.ts';
import { type SavedSpread, Spread } from '../spread.ts';
import type { RowRecord, SavedState, StateSize, TaskState } from '../task.ts';
import { QuantileRows, readQuantiles, type SavedQuantiles } from './quantile-rows.ts';
import { evaluateRegression } from './regression-evaluation.ts';
import { RegressionRows } from './regression-rows.ts';
import type { RegressionSettings } from './regression-task.ts';

/** Larger numbers would leave no room for the squares of their squares. */
const MOST = 1e10;
/** An error of this many times the actual and more has no percentage worth the name. */
const MOST_TIMES = 1e10;

const MEANS = ['error', 'absoluteError', 'squaredError', 'percentageError', 'pinballLoss'] as const;
export type MeanName = (typeof MEANS)[number];

/** What rows of a regression are gathered into. */
export class RegressionState implements TaskState {
  readonly settings: RegressionSettings;
  readonly means: Readonly<Record<MeanName, MeanSums>>;
  readonly spread: Spread;
  readonly kept: RegressionRows;
  readonly quantiles: QuantileRows;
  rows = 0;
  /** Rows whose actual is 0 or next to it, of which there is no percentage error. */
  zeroRows = 0;
  maxError = 0;
  /** Of the actual values; null without any. */
  range: readonly [number, number] | null = null;

  constructor(settings: RegressionSettings, size: StateSize, saved?: SavedState) {
    this.settings = settings;
    const fields = saved?.fields as unknown as SavedFields | undefined;
    [this.rows, this.zeroRows, this.maxError] = fields?.counts ?? [0, 0, 0];
    this.range = fields?.range ?? null;
    const mean = (name: MeanName) => {
      const kept = fields?.means[name];
      return kept === undefined ? new MeanSums() : MeanSums.restore(kept.rows, kept.sums);
    };
    this.means = Object.fromEntries(MEANS.map((name) => [name, mean(name)])) as Record<MeanName, MeanSums>;
    this.spread = new Spread(fields?.spread);
    this.quantiles = new QuantileRows(fields?.quantiles);
    this.kept = new RegressionRows(size, saved === undefined ? undefined : unprefixed('rows', saved.arrays));
  }

  add(row: RowRecord): string | null {
    const actual = numberCell(row['actual']);
    if (actual === undefined || Math.abs(actual) > MOST) return wrong('actual', row['actual']);
    const predicted = numberCell(row['predicted']);
    if (predicted === undefined || Math.abs(predicted) > MOST) return wrong('predicted', row['predicted']);
    const weight = readWeight(row['weight']);
    if (typeof weight === 'string') return weight;
    const quantiles = readQuantiles(row, this.settings.intervalCoverage);
    if (typeof quantiles === 'string') return quantiles;
    this.take(actual, predicted, weight);
    if (weight > 0 && quantiles.size > 0) this.quantiles.add(actual, quantiles, weight);
    return null;
  }

  /** Takes parsed rows: numbers of at most 1e10 in size, weights from 0 to `MAX_WEIGHT`. */
  addArrays(actual: ArrayLike<number>, predicted: ArrayLike<number>, weights?: ArrayLike<number>): void {
    for (let i = 0; i < actual.length; i++) {
      this.take(actual[i] as number, predicted[i] as number, weights === undefined ? 1 : (weights[i] as number));
    }
  }

  take(actual: number, predicted: number, weight: number): void {
    this.rows += 1;
    if (weight === 0) return;
    const error = actual - predicted;
    const size = Math.abs(error);
    if (size > this.maxError) this.maxError = size;
    this.means.error.add(error, weight);
    this.means.absoluteError.add(size, weight);
    this.means.squaredError.add(error * error, weight);
    if (size < MOST_TIMES * Math.abs(actual)) this.means.percentageError.add(size / Math.abs(actual), weight);
    else this.zeroRows += 1;
    const { quantile } = this.settings;
    this.means.pinballLoss.add(error >= 0 ? quantile * error : (quantile - 1) * error, weight);
    if (this.range === null) this.range = [actual, actual];
    else if (actual < this.range[0]) this.range = [actual, this.range[1]];
    else if (actual > this.range[1]) this.range = [this.range[0], actual];
    this.spread.add(actual, weight);
    this.kept.add(actual, predicted, weight);
  }

  merge(later: TaskState): void {
    const other = later as RegressionState;
    this.rows += other.rows;
    this.zeroRows += other.zeroRows;
    this.maxError = Math.max(this.maxError, other.maxError);
    for (const name of MEANS) this.means[name].merge(other.means[name]);
    this.spread.merge(other.spread);
    const [own, more] = [this.range ?? other.range, other.range ?? this.range];
    if (own !== null && more !== null) this.range = [Math.min(own[0], more[0]), Math.max(own[1], more[1])];
    this.kept.merge(other.kept);
    this.quantiles.merge(other.quantiles);
  }

  save(): SavedState {
    const means = Object.fromEntries(
      MEANS.map((name) => [name, { rows: this.means[name].saveRows(), sums: this.means[name].save() }]),
    ) as SavedFields['means'];
    const counts = [this.rows, this.zeroRows, this.maxError] as const;
    const [spread, quantiles] = [this.spread.save(), this.quantiles.save()];
    const fields: SavedFields = { counts, range: this.range, means, spread, quantiles };
    return { fields: { ...fields, quantiles: { ...quantiles } }, arrays: prefixed('rows', this.kept.save()) };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    return evaluateRegression(this, intervals);
  }
}

interface SavedFields {
  readonly counts: readonly [number, number, number];
  readonly range: readonly [number, number] | null;
  readonly means: Readonly<Record<MeanName, { readonly rows: readonly [number, number]; readonly sums: SavedMean }>>;
  readonly spread: SavedSpread;
  readonly quantiles: SavedQuantiles;
}

function wrong(column: string, value: unknown): string {
  return `${column}: expected a number of at most 1e10 in size, got ${shown(value)}`;
}
