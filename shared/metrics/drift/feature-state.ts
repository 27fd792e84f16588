import { BoundedMap } from '../bounded-map.ts';
import { numberCell, textCell } from '../read-cell.ts';
import type { SavedState, StateSize } from '../task.ts';
import type { Side } from './drift-row.ts';
import { NumberCounts, type PairedCounts } from './number-counts.ts';
import type { FeatureKind } from './settings.ts';

const NUMBER_BYTES: Readonly<Record<StateSize, number>> = { whole: 2 ** 19, slice: 2 ** 13 };
const MOST_TEXTS: Readonly<Record<StateSize, number>> = { whole: 1_000, slice: 100 };
/** Longer texts are cut: two that differ only after it are one category. */
const MAX_TEXT_CHARACTERS = 100;
/** Texts that mean that there is no number. */
const MISSING_TEXTS = new Set([
  '',
  'na',
  'n/a',
  'nan',
  'null',
  'inf',
  '-inf',
  '+inf',
  'infinity',
  '-infinity',
  '+infinity',
]);
/** Up to this share of texts, a feature is numeric and the texts are taken for faults. */
const MOST_FAULTY = 0.05;
export const OTHER_CATEGORIES = '(other)';

/** One feature of both samples, as it is compared. */
export type FeatureCounts = {
  readonly missing: readonly [reference: number, current: number];
  /** Texts in a numeric feature. */
  readonly notNumbers: number;
} & (
  | { readonly kind: 'numeric'; readonly isExact: boolean; readonly counts: PairedCounts<number> }
  | { readonly kind: 'categorical'; readonly counts: PairedCounts<string> }
);

const COUNTS = {
  make: () => new Float64Array(2),
  join: (into: Float64Array, from: Float64Array) => {
    into[0] = (into[0] as number) + (from[0] as number);
    into[1] = (into[1] as number) + (from[1] as number);
  },
};

/** Counts of one feature's numbers, texts and empty cells on both sides. */
export class FeatureState {
  readonly #kind: FeatureKind | undefined;
  readonly #missing: [number, number];
  readonly #numbers: NumberCounts;
  readonly #texts: BoundedMap<Float64Array>;

  constructor(kind: FeatureKind | undefined, size: StateSize, saved?: SavedState) {
    this.#kind = kind;
    if (saved === undefined) {
      this.#missing = [0, 0];
      this.#numbers = new NumberCounts(NUMBER_BYTES[size]);
      this.#texts = new BoundedMap(MOST_TEXTS[size], COUNTS);
      return;
    }
    const { fields, arrays } = saved;
    this.#missing = [...(fields['missing'] as [number, number])];
    this.#numbers = NumberCounts.restore(NUMBER_BYTES[size], fields['droppedBits'] as number, arrays);
    const [texts, counts] = [fields['texts'] as string[], arrays['textCounts'] as Float64Array];
    const pairs = Array.from({ length: counts.length / 2 }, (_, i) => counts.slice(2 * i, 2 * i + 2));
    const kept = texts.map((text, i): [string, Float64Array] => [text, pairs[i] as Float64Array]);
    this.#texts = new BoundedMap(MOST_TEXTS[size], COUNTS, { kept, other: pairs[texts.length] });
  }

  add(side: Side, cell: unknown): void {
    const number = this.#kind === 'categorical' ? undefined : numberCell(cell);
    if (number !== undefined) {
      this.#numbers.add(number, side);
      return;
    }
    const text = textCell(cell);
    if (text === undefined || (this.#kind !== 'categorical' && MISSING_TEXTS.has(text.trim().toLowerCase()))) {
      this.#missing[side] += 1;
      return;
    }
    const counts = this.#texts.at(text.slice(0, MAX_TEXT_CHARACTERS));
    counts[side] = (counts[side] as number) + 1;
  }

  merge(later: FeatureState): void {
    this.#missing[0] += later.#missing[0];
    this.#missing[1] += later.#missing[1];
    this.#numbers.merge(later.#numbers);
    this.#texts.merge(later.#texts);
  }

  save(): SavedState {
    const { kept, other } = this.#texts;
    const pairs = [...kept.map(([, counts]) => counts), ...(other ? [other] : [])];
    return {
      fields: { missing: this.#missing, droppedBits: this.#numbers.droppedBits, texts: kept.map(([text]) => text) },
      arrays: { ...this.#numbers.save(), textCounts: Float64Array.from(pairs.flatMap((pair) => [...pair])) },
    };
  }

  /**
   * A feature whose kind is not set is categorical where more than 5 % of its cells are texts (its numbers are categories then), and
   * numeric otherwise, its texts being left out.
   */
  counts(): FeatureCounts {
    const numbers = this.#numbers.sorted();
    const texts = this.#categories();
    const [numberRows, textRows] = [totalOf(numbers), totalOf(texts)];
    const isExact = this.#numbers.droppedBits === 0;
    const isCategorical =
      this.#kind === 'categorical' ||
      (this.#kind === undefined && (numberRows === 0 || (isExact && textRows > MOST_FAULTY * (numberRows + textRows))));
    const missing: [number, number] = [...this.#missing];
    if (isCategorical) return { kind: 'categorical', missing, notNumbers: 0, counts: joined(numbers, texts) };
    return { kind: 'numeric', missing, notNumbers: textRows, isExact, counts: numbers };
  }

  #categories(): PairedCounts<string> {
    const { kept, other } = this.#texts;
    const all: (readonly [string, Float64Array])[] = other ? [...kept, [OTHER_CATEGORIES, other]] : [...kept];
    return {
      keys: all.map(([text]) => text),
      reference: Float64Array.from(all, ([, counts]) => counts[0] as number),
      current: Float64Array.from(all, ([, counts]) => counts[1] as number),
    };
  }
}

function totalOf({ reference, current }: PairedCounts<unknown>): number {
  return sum(reference) + sum(current);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function joined(numbers: PairedCounts<number>, texts: PairedCounts<string>): PairedCounts<string> {
  return {
    keys: [...numbers.keys.map(String), ...texts.keys],
    reference: Float64Array.of(...numbers.reference, ...texts.reference),
    current: Float64Array.of(...numbers.current, ...texts.current),
  };
}
