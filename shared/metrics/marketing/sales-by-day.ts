import { utcDate } from '../../core/utc-date.ts';
import type { Curve, Line, Table } from '../evaluation.ts';
import type { Json } from '../task.ts';
import { type ShareCount, shareDifference } from './difference.ts';

/** Days on which somebody bought that are kept apart: the first ones. */
export const MAX_DAYS = 366;
const DAY_MILLISECONDS = 86_400_000;
const MAX_CURVE_POINTS = 200;

type ByArm = Map<string, number>;

/**
 * Sales of each arm by day (UTC). Of more than `MAX_DAYS` days with sales the first are kept and the rest are one sum; which are
 * kept depends on the set of days alone.
 */
export class SalesByDay {
  readonly #days = new Map<number, ByArm>();
  readonly #later: ByArm = new Map();
  /** Of all rows that have a time, bought or not; infinity where none has. */
  #firstDay = Number.POSITIVE_INFINITY;
  #lastKept = Number.POSITIVE_INFINITY;
  #undated = 0;

  constructor(saved?: { readonly [name: string]: Json }) {
    if (saved === undefined) return;
    const { days, later, firstDay, undated } = saved as unknown as Saved;
    this.#firstDay = firstDay ?? Number.POSITIVE_INFINITY;
    this.#undated = undated;
    for (const [day, arms] of Object.entries(days)) this.#addAll(Number(day), new Map(Object.entries(arms)));
    for (const [arm, sales] of Object.entries(later)) count(this.#later, arm, sales);
    if (this.#later.size > 0) this.#lastKept = Math.max(...this.#days.keys());
  }

  /** `atMs` is null where the row has no time. */
  add(arm: string, atMs: number | null, sales: number): void {
    if (atMs === null) {
      this.#undated += sales;
      return;
    }
    const day = Math.floor(atMs / DAY_MILLISECONDS);
    if (day < this.#firstDay) this.#firstDay = day;
    if (sales > 0) this.#addAll(day, new Map([[arm, sales]]));
  }

  merge(other: SalesByDay): void {
    this.#firstDay = Math.min(this.#firstDay, other.#firstDay);
    this.#lastKept = Math.min(this.#lastKept, other.#lastKept);
    this.#undated += other.#undated;
    for (const [arm, sales] of other.#later) count(this.#later, arm, sales);
    for (const [day, arms] of this.#days) if (day > this.#lastKept) this.#giveUp(day, arms);
    for (const [day, arms] of other.#days) this.#addAll(day, arms);
  }

  save(): { readonly [name: string]: Json } {
    const days = Object.fromEntries([...this.#days].map(([day, arms]) => [day, Object.fromEntries(arms)]));
    const firstDay = this.hasTimes ? this.#firstDay : null;
    return { days, later: Object.fromEntries(this.#later), firstDay, undated: this.#undated };
  }

  get hasTimes(): boolean {
    return Number.isFinite(this.#firstDay);
  }

  /** Sales of rows without a time. */
  get undated(): number {
    return this.#undated;
  }

  /** Sales on days beyond those that are kept. */
  get later(): number {
    return [...this.#later.values()].reduce((sum, sales) => sum + sales, 0);
  }

  /** Days with sales in turn, each arm's sales on it and up to it; `day` is 0 on the first day of all rows. */
  *days(arms: readonly string[]): Generator<SoldDay> {
    const upTo = arms.map(() => 0);
    for (const day of [...this.#days.keys()].sort((a, b) => a - b)) {
      const sales = arms.map((arm) => this.#days.get(day)?.get(arm) ?? 0);
      sales.forEach((sold, arm) => {
        upTo[arm] = (upTo[arm] as number) + sold;
      });
      yield { day: day - this.#firstDay, date: utcDate(day * DAY_MILLISECONDS), sales, upTo: [...upTo] };
    }
  }

  #addAll(day: number, arms: ByArm): void {
    if (day > this.#lastKept) {
      for (const [arm, sales] of arms) count(this.#later, arm, sales);
      return;
    }
    const found = this.#days.get(day);
    if (found === undefined) this.#days.set(day, new Map(arms));
    else for (const [arm, sales] of arms) count(found, arm, sales);
    if (this.#days.size <= MAX_DAYS) return;
    const last = Math.max(...this.#days.keys());
    this.#giveUp(last, this.#days.get(last) as ByArm);
    this.#lastKept = Math.max(...this.#days.keys());
  }

  #giveUp(day: number, arms: ByArm): void {
    this.#days.delete(day);
    for (const [arm, sales] of arms) count(this.#later, arm, sales);
  }
}

interface Saved {
  readonly days: { readonly [day: string]: { readonly [arm: string]: number } };
  readonly later: { readonly [arm: string]: number };
  readonly firstDay: number | null;
  readonly undated: number;
}

export interface SoldDay {
  readonly day: number;
  readonly date: string;
  readonly sales: readonly number[];
  readonly upTo: readonly number[];
}

function count(into: ByArm, arm: string, sales: number): void {
  into.set(arm, (into.get(arm) ?? 0) + sales);
}

/** An arm and all its customers. */
export interface ArmSize {
  readonly name: string;
  readonly customers: number;
}

export function dayTable(sales: SalesByDay, arms: readonly ArmSize[]): Table {
  const names = arms.map(({ name }) => name);
  const perArm = names.flatMap((name) => [`sales:${name}`, `salesPer1000:${name}`]);
  return {
    title: 'Sales by day (UTC), and up to it per 1,000 of all customers of the arm; day 0 is the first of all rows',
    columns: ['day', 'date', ...perArm],
    rows: [...sales.days(names)].map(({ day, date, sales: sold, upTo }) => [
      day,
      date,
      ...arms.flatMap(({ customers }, arm) => [sold[arm] as number, (1000 * (upTo[arm] as number)) / customers]),
    ]),
  };
}

/**
 * Sales more per 1,000 customers than the control up to each day, of all customers of the arms, with Newcombe's interval at each day
 * by itself. It ends at the effect of the sales that have a time. Null where no row of a treatment and the control has sold.
 */
export function effectCurve(
  sales: SalesByDay,
  control: ArmSize,
  treatments: readonly ArmSize[],
  level: number,
): Curve | null {
  const names = [control, ...treatments].map(({ name }) => name);
  const days = evenly([...sales.days(names)]);
  if (days.length === 0) return null;
  const x = days.map(({ day }) => day);
  const share = (arm: ArmSize, sold: number | undefined): ShareCount => ({
    successes: sold ?? 0,
    count: arm.customers,
  });
  const lines = treatments.map((arm, place): Line => {
    const effects = days.map(({ upTo }) =>
      shareDifference(share(control, upTo[0]), share(arm, upTo[place + 1]), level),
    );
    return {
      name: arm.name,
      x,
      y: effects.map(({ difference }) => 1000 * difference),
      band: {
        lower: effects.map(({ interval, difference }) => 1000 * (interval?.[0] ?? difference)),
        upper: effects.map(({ interval, difference }) => 1000 * (interval?.[1] ?? difference)),
      },
    };
  });
  return {
    title: 'Sales more per 1,000 customers up to each day; the band holds for one day, not for a look at all of them',
    xLabel: 'days after the first row',
    yLabel: 'sales more per 1,000 customers',
    lines: [...lines, { name: 'no effect', x: [x[0] as number, x.at(-1) as number], y: [0, 0], isReference: true }],
  };
}

function evenly(days: readonly SoldDay[]): SoldDay[] {
  const points = Math.min(MAX_CURVE_POINTS, days.length);
  const last = days.length - 1;
  return Array.from(
    { length: points },
    (_, i) => days[points === 1 ? 0 : Math.round((i * last) / (points - 1))] as SoldDay,
  );
}
