import type { Evaluation, IntervalOptions } from '../evaluation.ts';
import { binaryCell, numberCell, shown } from '../read-cell.ts';
import type { RowRecord, SavedState, StateSize, Task, TaskState } from '../task.ts';
import { AmountCells } from './amount-cells.ts';
import { MAX_SUMMED } from './moments.ts';
import { ScoreCells } from './score-cells.ts';
import { evaluateUplift } from './uplift-evaluation.ts';
import { amountOutcomes, binaryOutcomes } from './uplift-outcomes.ts';
import { DEFAULT_UPLIFT_SETTINGS, type UpliftSettings } from './uplift-settings.ts';

export { DEFAULT_UPLIFT_SETTINGS, type UpliftSettings };

/**
 * A score of who is to be addressed, tried on customers of whom some were treated at random. `qini` and `auuc` are 0 for a random
 * ranking and 1 for the one that knows everything (scikit-uplift's `qini_auc_score` and `uplift_auc_score`); `auucRelative` is
 * 0.5 for a random one. `uplift@k` is the effect among the k per cent with the highest scores. Equal scores have no order: one
 * group divided in proportion.
 *
 * Edge cases: nobody treated or nobody in the control: all null; nobody or everybody bought: areas null. Up to 262,144 different
 * scores the figures are exact; beyond, scores are cut to fewer digits, which a warning says.
 *
 * Outcomes that are amounts: effects are differences of means with Welch's intervals; `qini` and `auuc` are null, as no ranking of
 * amounts is known to be perfect; the p-value is by the normal distribution. Up to 262,144 rows are kept, beyond that sums in bins
 * of scores.
 */
export const upliftTask: Task<UpliftSettings> = {
  name: 'uplift',
  columns: [
    {
      name: 'treatment',
      isRequired: true,
      description: 'Whether the customer was addressed: 1 or 0.',
      aliases: ['treated', 'trmnt', 'w', 't', 'istreated', 'mail'],
    },
    {
      name: 'outcome',
      isRequired: true,
      description: 'Whether the customer bought: 1 or 0; with outcomeKind amount, for how much.',
      aliases: ['y', 'ytrue', 'converted', 'conversion', 'response', 'target', 'visit'],
    },
    {
      name: 'score',
      isRequired: true,
      description: 'The predicted uplift; any number, higher is addressed first.',
      aliases: ['uplift', 'prediction', 'predicteduplift', 'upliftscore'],
    },
  ],
  start: (settings, size) => new UpliftState(settings, size, null),
  restore: (settings, size, saved) => new UpliftState(settings, size, saved),
};

class UpliftState implements TaskState {
  readonly #settings: UpliftSettings;
  readonly #cells: ScoreCells | AmountCells;

  constructor(settings: UpliftSettings, size: StateSize, saved: SavedState | null) {
    this.#settings = settings;
    this.#cells = settings.outcomeKind === 'binary' ? new ScoreCells(size, saved) : new AmountCells(size, saved);
  }

  add(row: RowRecord): string | null {
    const treatment = binaryCell(row['treatment']);
    if (treatment === undefined) return `treatment: expected 0 or 1, got ${shown(row['treatment'])}`;
    const score = numberCell(row['score']);
    if (this.#cells instanceof AmountCells) {
      const amount = numberCell(row['outcome']);
      if (amount === undefined || Math.abs(amount) >= MAX_SUMMED)
        return `outcome: expected a number, got ${shown(row['outcome'])}`;
      if (score === undefined) return `score: expected a number, got ${shown(row['score'])}`;
      this.#cells.add(score, treatment, amount);
      return null;
    }
    const outcome = binaryCell(row['outcome']);
    if (outcome === undefined)
      return `outcome: expected 0 or 1${orAmount(row['outcome'])}, got ${shown(row['outcome'])}`;
    if (score === undefined) return `score: expected a number, got ${shown(row['score'])}`;
    this.#cells.add(score, 2 * treatment + outcome);
    return null;
  }

  /** Whole columns, as from parsed arrays; all of one length, treatments and outcomes 0 or 1, scores finite. */
  addArrays(treatments: ArrayLike<number>, outcomes: ArrayLike<number>, scores: ArrayLike<number>): void {
    if (this.#cells instanceof AmountCells) {
      for (let row = 0; row < scores.length; row++)
        this.#cells.add(scores[row] as number, treatments[row] === 1 ? 1 : 0, outcomes[row] as number);
      return;
    }
    for (let row = 0; row < scores.length; row++) {
      this.#cells.add(scores[row] as number, 2 * (treatments[row] as number) + (outcomes[row] as number));
    }
  }

  merge(later: TaskState): void {
    const other = (later as UpliftState).#cells;
    if (this.#cells instanceof AmountCells) this.#cells.merge(other as AmountCells);
    else this.#cells.merge(other as ScoreCells);
  }

  save(): SavedState {
    return this.#cells.save();
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    if (this.#cells instanceof AmountCells) {
      const table = this.#cells.table;
      return evaluateUplift(amountOutcomes(table), this.#settings, intervals, table.isExact ? [] : [BINNED]);
    }
    const table = this.#cells.table;
    const digits = table.relativeError.toExponential(0);
    const cut = `There are very many different scores; they are told apart to ${digits} of their size.`;
    return evaluateUplift(binaryOutcomes(table), this.#settings, intervals, table.relativeError > 0 ? [cut] : []);
  }
}

const BINNED =
  'There are more rows than are kept: they are summed in bins of scores, and within a bin no score is told from another.';

function orAmount(outcome: unknown): string {
  return numberCell(outcome) === undefined ? '' : ' (any number with the setting outcomeKind amount)';
}
