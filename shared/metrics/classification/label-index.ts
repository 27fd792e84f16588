import { compareCodePoints } from '../../core/code-point-order.ts';

/** Numbers labels in the order in which they are first seen, up to a limit. */
export class LabelIndex {
  readonly #indexes = new Map<string, number>();
  readonly #limit: number;

  constructor(limit: number, labels: readonly string[] = []) {
    this.#limit = limit;
    for (const label of labels) this.#indexes.set(label, this.#indexes.size);
  }

  get size(): number {
    return this.#indexes.size;
  }

  get labels(): string[] {
    return [...this.#indexes.keys()];
  }

  get(label: string): number | undefined {
    return this.#indexes.get(label);
  }

  /** The label's number, a new one for a new label; undefined past the limit. */
  indexOf(label: string): number | undefined {
    const known = this.#indexes.get(label);
    if (known !== undefined || this.#indexes.size >= this.#limit) return known;
    this.#indexes.set(label, this.#indexes.size);
    return this.#indexes.size - 1;
  }

  /** Numbers of the labels in code-point order, so that nothing depends on which row came first. */
  inOrder(): number[] {
    const labels = this.labels;
    return labels.map((_, i) => i).sort((a, b) => compareCodePoints(labels[a] as string, labels[b] as string));
  }
}
