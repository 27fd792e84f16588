import { compareCodePoints } from '../../core/code-point-order.ts';
import type { LabelIndex } from './label-index.ts';
import { recordOfScores, scoreOf } from './read-scores.ts';

/** One row's scores by class after the other, in memory that is used again: a map of each would be most of what a row costs. */
export class RowScores {
  #names: readonly string[] = [];
  #values = new Float64Array(0);
  /** Of the names, and of those that stood there in the row before. */
  #indexes: (number | undefined)[] = [];
  #indexed: readonly string[] = [];
  #byClass = new Float64Array(0);

  /** Takes an object of scores or its JSON text; gives what is wrong with it. `names` is empty where there are no scores. */
  read(cell: unknown): string | null {
    const record = recordOfScores(cell);
    if (typeof record === 'string') return record;
    const names = record === null ? [] : Object.keys(record);
    if (names.length > this.#values.length) this.#values = new Float64Array(2 * names.length);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const score = scoreOf(name, record?.[name]);
      if (typeof score === 'string') return score;
      this.#values[i] = score;
    }
    this.#names = names;
    return null;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** Of a name's place. */
  value(place: number): number {
    return this.#values[place] as number;
  }

  /** 0 where the row has none. */
  of(label: string): number {
    const place = this.#names.indexOf(label);
    return place < 0 ? 0 : (this.#values[place] as number);
  }

  /** The label of the greatest score; of equal ones the first in code-point order. */
  greatest(): string {
    let [best, bestScore] = ['', Number.NEGATIVE_INFINITY];
    for (let i = 0; i < this.#names.length; i++) {
      const score = this.#values[i] as number;
      if (score < bestScore) continue;
      const label = this.#names[i] as string;
      if (score === bestScore && compareCodePoints(label, best) >= 0) continue;
      best = label;
      bestScore = score;
    }
    return best;
  }

  /** The scores by the numbers of their classes, new classes entered; good until the next row. */
  byClass(labels: LabelIndex): Float64Array {
    const names = this.#names;
    for (let i = 0; i < names.length; i++) {
      const isKnown = this.#indexes[i] !== undefined && this.#indexed[i] === names[i];
      if (!isKnown) this.#indexes[i] = labels.indexOf(names[i] as string);
    }
    this.#indexed = names;
    if (this.#byClass.length === labels.size) this.#byClass.fill(0);
    else this.#byClass = new Float64Array(labels.size);
    for (let i = 0; i < names.length; i++) {
      const index = this.#indexes[i];
      if (index !== undefined) this.#byClass[index] = this.#values[i] as number;
    }
    return this.#byClass;
  }
}
