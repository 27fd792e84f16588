import { prefixed, unprefixed } from '../saved-arrays.ts';
import type { NumberArray } from '../task.ts';
import { BinaryScores } from './binary-scores.ts';

/**
 * Scores of each label in all rows. A row that gives a label no score gives it 0; such rows are filled in before scores are read,
 * those of odd weights with their mean weight.
 */
export class LabelScores {
  readonly #labels: LabelRows[] = [];

  static restore(saved: Readonly<Record<string, NumberArray>>): LabelScores {
    const scores = new LabelScores();
    const counted = saved['counted'] ?? new Float64Array(0);
    for (let label = 0; 2 * label < counted.length; label++) {
      const [rows, weight] = [counted[2 * label] as number, counted[2 * label + 1] as number];
      scores.#labels.push({ scores: BinaryScores.restore('slice', unprefixed(String(label), saved)), rows, weight });
    }
    return scores;
  }

  add(label: number, isPositive: boolean, score: number, weight: number): void {
    const held = this.#at(label);
    held.scores.add(isPositive, score, weight);
    held.rows += 1;
    held.weight += weight;
  }

  /** The label's scores in `rows` rows of `weight` in all. */
  filled(label: number, rows: number, weight: number): BinaryScores {
    const held = this.#at(label);
    const each = (weight - held.weight) / (rows - held.rows);
    // Weights of whole numbers stay whole but for the rounding of their sums.
    const mean = Math.abs(each - 1) < 1e-9 ? 1 : each;
    for (; held.rows < rows; held.rows++) held.scores.add(false, 0, mean);
    held.weight = weight;
    return held.scores;
  }

  /** Takes over another's rows, its label i being this one's `toOwn[i]`. */
  merge(other: LabelScores, toOwn: readonly number[]): void {
    other.#labels.forEach((from, label) => {
      const to = this.#at(toOwn[label] as number);
      to.scores.merge(from.scores);
      to.rows += from.rows;
      to.weight += from.weight;
    });
  }

  save(): Record<string, NumberArray> {
    const counted = Float64Array.from(this.#labels.flatMap(({ rows, weight }) => [rows, weight]));
    const arrays = this.#labels.map(({ scores }, label) => prefixed(String(label), scores.save()));
    return Object.assign({ counted }, ...arrays);
  }

  #at(label: number): LabelRows {
    while (this.#labels.length <= label) this.#labels.push({ scores: new BinaryScores('slice'), rows: 0, weight: 0 });
    return this.#labels[label] as LabelRows;
  }
}

/** A label's scores, and how many rows of what weight they are of. */
interface LabelRows {
  readonly scores: BinaryScores;
  rows: number;
  weight: number;
}
