import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { MeanSums, type SavedMean } from '../mean-sums.ts';
import { shown } from '../read-cell.ts';
import { readWeight } from '../read-weight.ts';
import { prefixed, unprefixed } from '../saved-arrays.ts';
import type { RowRecord, SavedState, StateSize, TaskState } from '../task.ts';
import { WeightCells } from '../weight-cells.ts';
import { CellPairs } from './cell-pairs.ts';
import { LabelIndex } from './label-index.ts';
import { RANKING_MEANS, rankLabels } from './label-ranking.ts';
import { LabelScores } from './label-scores.ts';
import { evaluateMultilabel } from './multilabel-evaluation.ts';
import type { MultilabelSettings } from './multilabel-task.ts';
import { readLabels } from './read-labels.ts';
import { readScores } from './read-scores.ts';

const MOST_LABELS: Readonly<Record<StateSize, number>> = { whole: 128, slice: 100 };
/** Labels up to which pairs of cells are kept, for intervals of averages over labels. */
const MOST_PAIRED: Readonly<Record<StateSize, number>> = { whole: 128, slice: 20 };

/** Cells of each label; what is in none of the three is neither labelled nor predicted so. */
export const CELLS_OF_LABEL = 3;
export const HIT = 0;
export const FALSE_ALARM = 1;
export const MISS = 2;

export const SAMPLE_MEANS = [
  'subsetAccuracy',
  'jaccardSamples',
  'precisionSamples',
  'recallSamples',
  'f1Samples',
] as const;
/** `wrongLabels`: how many labels of a row are wrong. */
const MEANS = [...SAMPLE_MEANS, 'wrongLabels', ...RANKING_MEANS] as const;
export type RowMean = (typeof MEANS)[number];

/** What rows of a multi-label classification are gathered into. In slices no scores are kept. */
export class MultilabelState implements TaskState {
  readonly settings: MultilabelSettings;
  readonly labels: LabelIndex;
  readonly cells: WeightCells;
  /** One cell: all rows. */
  readonly all: WeightCells;
  readonly means: Readonly<Record<RowMean, MeanSums>>;
  readonly scores: LabelScores | undefined;
  readonly pairs: CellPairs;
  rows = 0;
  unscoredRows = 0;
  droppedRows = 0;
  /** Of the labels that a row with scores has or scores; null without such a row. */
  fewestNamed: number | null = null;
  readonly #mostPaired: number;

  constructor(settings: MultilabelSettings, size: StateSize, saved?: SavedState) {
    this.settings = settings;
    const fields = saved?.fields as unknown as SavedFields | undefined;
    this.labels = new LabelIndex(MOST_LABELS[size], fields?.labels);
    [this.rows, this.unscoredRows, this.droppedRows] = fields?.counts ?? [0, 0, 0];
    this.fewestNamed = fields?.fewestNamed ?? null;
    this.#mostPaired = MOST_PAIRED[size];
    const savedPairs = saved?.arrays['pairs'] as Float64Array | undefined;
    this.pairs = new CellPairs(
      CELLS_OF_LABEL * this.#mostPaired,
      saved === undefined ? undefined : (savedPairs ?? null),
    );
    const cells = (name: string, count: number) =>
      saved === undefined ? new WeightCells(count) : WeightCells.restore(unprefixed(name, saved.arrays));
    [this.cells, this.all] = [cells('cells', CELLS_OF_LABEL * MOST_LABELS[size]), cells('all', 1)];
    const mean = (name: RowMean) => {
      const sums = fields?.means[name];
      return sums === undefined ? new MeanSums() : MeanSums.restore(sums.rows, sums.sums);
    };
    this.means = Object.fromEntries(MEANS.map((name) => [name, mean(name)])) as Record<RowMean, MeanSums>;
    if (size === 'whole')
      this.scores = LabelScores.restore(saved === undefined ? {} : unprefixed('scores', saved.arrays));
  }

  add(row: RowRecord): string | null {
    const truth = readLabels('labels', row['labels']);
    if ('wrong' in truth) return truth.wrong;
    const scores = readScores(row['scores']);
    if (typeof scores === 'string') return scores;
    const named = row['predictions'];
    if (named === undefined && scores === null)
      return `predictions: expected a list of labels, or scores, got ${shown(named)}`;
    const predicted = named === undefined ? this.#predicted(scores ?? new Map()) : readLabels('predictions', named);
    if ('wrong' in predicted) return predicted.wrong;
    const weight = readWeight(row['weight']);
    if (typeof weight === 'string') return weight;
    const labels = new Set([...truth, ...predicted, ...(scores?.keys() ?? [])]);
    for (const label of labels) {
      if (this.labels.indexOf(label) === undefined)
        return `labels: there are more than ${this.labels.size} different ones`;
    }
    this.rows += 1;
    if (weight > 0) this.#take(truth, predicted, scores, weight);
    return null;
  }

  /** Whether rows are known by the pairs of cells in which they lie. */
  get isPaired(): boolean {
    return this.pairs.isKept && this.labels.labels.length <= this.#mostPaired;
  }

  #predicted(scores: ReadonlyMap<string, number>): ReadonlySet<string> {
    return new Set([...scores].filter(([, score]) => score >= this.settings.threshold).map(([label]) => label));
  }

  #take(
    truth: ReadonlySet<string>,
    predicted: ReadonlySet<string>,
    scores: ReadonlyMap<string, number> | null,
    weight: number,
  ): void {
    this.all.add(0, weight);
    let both = 0;
    const cells: number[] = [];
    for (const label of truth) {
      const isHit = predicted.has(label);
      if (isHit) both += 1;
      cells.push(this.#cellOf(label, isHit ? HIT : MISS));
    }
    for (const label of predicted) if (!truth.has(label)) cells.push(this.#cellOf(label, FALSE_ALARM));
    for (const cell of cells) this.cells.add(cell, weight);
    this.pairs.add(cells, weight);
    const either = truth.size + predicted.size - both;
    this.means.wrongLabels.add(either - both, weight);
    this.means.subsetAccuracy.add(both === either ? 1 : 0, weight);
    this.means.jaccardSamples.add(either === 0 ? 0 : both / either, weight);
    this.means.precisionSamples.add(predicted.size === 0 ? 0 : both / predicted.size, weight);
    this.means.recallSamples.add(truth.size === 0 ? 0 : both / truth.size, weight);
    this.means.f1Samples.add(either === 0 ? 0 : (2 * both) / (truth.size + predicted.size), weight);
    if (scores === null) this.unscoredRows += 1;
    else this.#takeScores(truth, scores, weight);
  }

  #takeScores(truth: ReadonlySet<string>, scores: ReadonlyMap<string, number>, weight: number): void {
    const named = new Set([...scores.keys(), ...truth]);
    this.fewestNamed = Math.min(this.fewestNamed ?? named.size, named.size);
    const ranking = rankLabels(truth, scores);
    for (const name of RANKING_MEANS) this.means[name].add(ranking[name], weight);
    if (this.scores === undefined) return;
    for (const label of named)
      this.scores.add(this.labels.get(label) as number, truth.has(label), scores.get(label) ?? 0, weight);
  }

  #cellOf(label: string, cell: number): number {
    return CELLS_OF_LABEL * (this.labels.get(label) as number) + cell;
  }

  merge(later: TaskState): void {
    const other = later as MultilabelState;
    const toOwn = other.labels.labels.map((label) => this.labels.indexOf(label));
    if (toOwn.includes(undefined)) {
      // Past the most labels nothing of the part can be told apart: it is left out whole, and said.
      this.droppedRows += other.rows + other.droppedRows;
      return;
    }
    toOwn.forEach((own, label) => {
      for (let cell = 0; cell < CELLS_OF_LABEL; cell++) {
        this.cells.addCell(CELLS_OF_LABEL * (own as number) + cell, other.cells, CELLS_OF_LABEL * label + cell);
      }
    });
    this.all.merge(other.all);
    this.pairs.merge(other.pairs, (cell) => {
      const label = toOwn[Math.floor(cell / CELLS_OF_LABEL)] as number;
      return CELLS_OF_LABEL * label + (cell % CELLS_OF_LABEL);
    });
    const fewest = [this.fewestNamed, other.fewestNamed].filter((named) => named !== null);
    if (fewest.length > 0) this.fewestNamed = Math.min(...fewest);
    for (const name of MEANS) this.means[name].merge(other.means[name]);
    if (other.scores !== undefined) this.scores?.merge(other.scores, toOwn as number[]);
    this.rows += other.rows;
    this.unscoredRows += other.unscoredRows;
    this.droppedRows += other.droppedRows;
  }

  save(): SavedState {
    const means = Object.fromEntries(
      MEANS.map((name) => [name, { rows: this.means[name].saveRows(), sums: this.means[name].save() }]),
    ) as SavedFields['means'];
    const counts = [this.rows, this.unscoredRows, this.droppedRows] as const;
    const fields: SavedFields = { labels: this.labels.labels, counts, means, fewestNamed: this.fewestNamed };
    const pairs = this.pairs.save();
    const arrays = {
      ...(pairs === null ? {} : { pairs }),
      ...prefixed('cells', this.cells.save()),
      ...prefixed('all', this.all.save()),
      ...prefixed('scores', this.scores?.save() ?? {}),
    };
    return { fields: { ...fields }, arrays };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    return evaluateMultilabel(this, intervals);
  }
}

interface SavedFields {
  readonly labels: readonly string[];
  readonly counts: readonly [number, number, number];
  readonly fewestNamed: number | null;
  readonly means: Readonly<Record<RowMean, { readonly rows: readonly [number, number]; readonly sums: SavedMean }>>;
}
