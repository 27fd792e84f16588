import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { MeanSums, type SavedMean } from '../mean-sums.ts';
import { binaryCell, numberCell, shown, textCell } from '../read-cell.ts';
import { prefixed, unprefixed } from '../saved-arrays.ts';
import type { RowRecord, SavedState, StateSize, TaskState } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';
import { evaluateComparison } from './comparison-evaluation.ts';
import type { ComparisonSettings } from './comparison-task.ts';
import { PairedScores } from './paired-scores.ts';

const MOST = 1e10;
const LEAST_PROBABILITY = Number.EPSILON;

/** Twice whether the baseline is right, plus whether the candidate is. */
export const BOTH_WRONG = 0;
export const ONLY_CANDIDATE = 1;
export const ONLY_BASELINE = 2;
export const BOTH_RIGHT = 3;

/** Means over rows of the baseline, of the candidate, and of their difference. */
export interface PairedMeans {
  readonly baseline: MeanSums;
  readonly candidate: MeanSums;
  readonly difference: MeanSums;
}

const LOSSES = ['logLoss', 'brierScore', 'mae', 'mse', 'quality'] as const;
export type LossName = (typeof LOSSES)[number];
const SIDES = ['baseline', 'candidate', 'difference'] as const;

/** What rows of a comparison are gathered into. */
export class ComparisonState implements TaskState {
  readonly settings: ComparisonSettings;
  readonly right: WeightCells;
  readonly losses: Readonly<Record<LossName, PairedMeans>>;
  readonly scores: PairedScores;
  rows = 0;
  /** Rows in which one of the scores is no probability. */
  outsideRows = 0;

  constructor(settings: ComparisonSettings, size: StateSize, saved?: SavedState) {
    this.settings = settings;
    const fields = saved?.fields as unknown as SavedFields | undefined;
    [this.rows, this.outsideRows] = fields?.counts ?? [0, 0];
    this.right = saved === undefined ? new WeightCells(4) : WeightCells.restore(unprefixed('right', saved.arrays));
    const paired = (name: LossName) =>
      Object.fromEntries(
        SIDES.map((side) => {
          const sums = fields?.losses[name]?.[side];
          return [side, sums === undefined ? new MeanSums() : MeanSums.restore(sums.rows, sums.sums)];
        }),
      ) as unknown as PairedMeans;
    this.losses = Object.fromEntries(LOSSES.map((name) => [name, paired(name)])) as Record<LossName, PairedMeans>;
    this.scores = new PairedScores(size, saved === undefined ? undefined : unprefixed('scores', saved.arrays));
  }

  add(row: RowRecord): string | null {
    const { kind } = this.settings;
    if (kind === 'classification') return this.#addClasses(row);
    if (kind === 'ranking') return this.#addQualities(row);
    const label = kind === 'regression' ? numberCell(row['label']) : binaryCell(row['label']);
    const expected = kind === 'regression' ? 'a number of at most 1e10 in size' : '0 or 1';
    if (label === undefined || Math.abs(label) > MOST) return `label: expected ${expected}, got ${shown(row['label'])}`;
    const [baseline, candidate] = [numberCell(row['baseline']), numberCell(row['candidate'])];
    if (baseline === undefined || Math.abs(baseline) > MOST) return wrong('baseline', 'a number', row);
    if (candidate === undefined || Math.abs(candidate) > MOST) return wrong('candidate', 'a number', row);
    if (kind === 'regression') this.takeNumbers(label, baseline, candidate);
    else this.takeScores(label === 1, baseline, candidate);
    return null;
  }

  #addClasses(row: RowRecord): string | null {
    const [label, baseline, candidate] = [
      textCell(row['label']),
      textCell(row['baseline']),
      textCell(row['candidate']),
    ];
    if (label === undefined) return wrong('label', 'a class', row);
    if (baseline === undefined) return wrong('baseline', 'a class', row);
    if (candidate === undefined) return wrong('candidate', 'a class', row);
    this.rows += 1;
    this.#takeRight(baseline === label, candidate === label);
    return null;
  }

  #addQualities(row: RowRecord): string | null {
    const [baseline, candidate] = [numberCell(row['baseline']), numberCell(row['candidate'])];
    if (baseline === undefined || Math.abs(baseline) > MOST) return wrong('baseline', 'a number', row);
    if (candidate === undefined || Math.abs(candidate) > MOST) return wrong('candidate', 'a number', row);
    this.rows += 1;
    this.#takeLoss('quality', baseline, candidate);
    return null;
  }

  takeScores(isPositive: boolean, baseline: number, candidate: number): void {
    this.rows += 1;
    const { threshold } = this.settings;
    this.#takeRight(baseline >= threshold === isPositive, candidate >= threshold === isPositive);
    this.scores.add(isPositive, baseline, candidate);
    if (Math.min(baseline, candidate) < 0 || Math.max(baseline, candidate) > 1) {
      this.outsideRows += 1;
      return;
    }
    const [ofBaseline, ofCandidate] = isPositive ? [baseline, candidate] : [1 - baseline, 1 - candidate];
    this.#takeLoss('logLoss', lossOf(ofBaseline), lossOf(ofCandidate));
    this.#takeLoss('brierScore', (1 - ofBaseline) ** 2, (1 - ofCandidate) ** 2);
  }

  takeNumbers(actual: number, baseline: number, candidate: number): void {
    this.rows += 1;
    const [ofBaseline, ofCandidate] = [Math.abs(actual - baseline), Math.abs(actual - candidate)];
    this.#takeLoss('mae', ofBaseline, ofCandidate);
    this.#takeLoss('mse', ofBaseline * ofBaseline, ofCandidate * ofCandidate);
  }

  #takeRight(isBaselineRight: boolean, isCandidateRight: boolean): void {
    this.right.add((isBaselineRight ? 2 : 0) + (isCandidateRight ? 1 : 0), 1);
  }

  #takeLoss(name: LossName, baseline: number, candidate: number): void {
    const means = this.losses[name];
    means.baseline.add(baseline, 1);
    means.candidate.add(candidate, 1);
    means.difference.add(candidate - baseline, 1);
  }

  merge(later: TaskState): void {
    const other = later as ComparisonState;
    this.rows += other.rows;
    this.outsideRows += other.outsideRows;
    this.right.merge(other.right);
    for (const name of LOSSES) for (const side of SIDES) this.losses[name][side].merge(other.losses[name][side]);
    this.scores.merge(other.scores);
  }

  save(): SavedState {
    const savedMean = (sums: MeanSums) => ({ rows: sums.saveRows(), sums: sums.save() });
    const losses = Object.fromEntries(
      LOSSES.map((name) => [name, Object.fromEntries(SIDES.map((side) => [side, savedMean(this.losses[name][side])]))]),
    ) as SavedFields['losses'];
    const fields: SavedFields = { counts: [this.rows, this.outsideRows], losses };
    return {
      fields: { ...fields },
      arrays: { ...prefixed('right', this.right.save()), ...prefixed('scores', this.scores.save()) },
    };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    return evaluateComparison(this, intervals);
  }
}

interface SavedFields {
  readonly counts: readonly [number, number];
  readonly losses: Readonly<
    Record<
      LossName,
      Readonly<Record<(typeof SIDES)[number], { readonly rows: readonly [number, number]; readonly sums: SavedMean }>>
    >
  >;
}

function lossOf(probability: number): number {
  return -Math.log(Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, probability)));
}

function wrong(column: string, expected: string, row: RowRecord): string {
  return `${column}: expected ${expected}, got ${shown(row[column])}`;
}
