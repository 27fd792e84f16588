import { ReproducibleSum, type SavedSum } from '../../shared/core/reproducible-sum.ts';
import { metricOf } from '../../shared/metrics/metric.ts';
import { numberCell } from '../../shared/metrics/read-cell.ts';
import type { Task, TaskState } from '../../shared/metrics/task.ts';

class SumState implements TaskState {
  readonly #sum: ReproducibleSum;
  #rows: number;

  constructor(saved: SavedSum = [], rows = 0) {
    this.#sum = new ReproducibleSum(saved);
    this.#rows = rows;
  }

  add(row: Readonly<Record<string, unknown>>): string | null {
    const amount = numberCell(row['amount']);
    if (amount === undefined) return 'amount: expected a number';
    this.#sum.add(amount);
    this.#rows += 1;
    return null;
  }

  merge(later: TaskState): void {
    this.#sum.merge((later as SumState).#sum);
    this.#rows += (later as SumState).#rows;
  }

  save() {
    return { fields: { rows: this.#rows }, arrays: { sum: Float64Array.from(this.#sum.save()) } };
  }

  evaluate() {
    return { metrics: { sum: metricOf(this.#sum.value, ''), count: metricOf(this.#rows, '') }, warnings: [] };
  }
}

/** The least that a task can be: the sum of `amount`. */
export const sumTask: Task<null> = {
  name: 'sum',
  columns: [{ name: 'amount', isRequired: true, description: 'What is added', aliases: [] }],
  start: () => new SumState(),
  restore: (_settings, _size, { fields, arrays }) =>
    new SumState([...(arrays['sum'] as Float64Array)], fields['rows'] as number),
};
