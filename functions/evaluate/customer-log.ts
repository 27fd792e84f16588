import { GrowingFloats } from '../../shared/core/growing-floats.ts';
import { hash53 } from '../../shared/core/hash-53.ts';
import { uniformHash } from '../../shared/core/uniform-hash.ts';
import { MAX_ARMS } from '../../shared/metrics/marketing/arms.ts';

/** What a customer's events came to. */
export interface CustomerRow {
  readonly arm: string;
  /** When the customer was first shown something, or, by an experiment, did something. */
  readonly at: string;
  readonly converted: 0 | 1;
  readonly revenue: number;
  /** The same before the window. */
  readonly convertedBefore: 0 | 1;
  readonly revenueBefore: number;
}

export interface CustomerLogLimits {
  /** Customers that are told apart: about 150 bytes each. */
  readonly customers: number;
  /** 32 bytes each. */
  readonly conversions: number;
}

export interface CustomerLogCounts {
  /** Customers with an arm, in one or several. */
  readonly customers: number;
  readonly inSeveralArms: number;
  /** Customers who were shown an arm of the experiment, and those of them who were shown another than their own. */
  readonly shown: number;
  readonly shownOther: number;
  readonly repeatedConversions: number;
  readonly conversionsWithoutValue: number;
  readonly conversions: number;
}

/** Together under 80 MB: a Worker has 128 MB. */
export const CUSTOMER_LIMITS: CustomerLogLimits = { customers: 100_000, conversions: 200_000 };

/** What of a customer is kept in which of its numbers. */
const SAMPLE = 0;
const ARM = 1;
const FIRST = 2;
const SHOWN = 3;
const FIELDS = 4;
/** Of a conversion. */
const CUSTOMER = 0;
const AT = 1;
const VALUE = 2;
const ID = 3;
const CONVERSION_FIELDS = 4;

const NO_ARM = -1;
const SEVERAL = -2;
const SHOWN_OWN = 1;
const SHOWN_OTHER = 2;

/**
 * Arms and conversions of customers in bounded memory. Events may come twice and in any order: it is the same rows. Where there are
 * more customers than fit, only those whose hash is below a bound are kept, and the bound is halved until they fit: an even sample
 * of 1 customer in 2^level (adaptive sampling, Wegman; Flajolet 1990, Computing 43).
 */
export class CustomerLog {
  readonly #limits: CustomerLogLimits;
  readonly #fromMs: number;
  #level = 0;
  #places = new Map<string, number>();
  #customers = new GrowingFloats();
  #conversions = new GrowingFloats();
  readonly #arms = new Map<string, number>();

  /** Conversions before `fromMs` are of the time before. */
  constructor(fromMs: number, limits: CustomerLogLimits = CUSTOMER_LIMITS) {
    this.#fromMs = fromMs;
    this.#limits = limits;
  }

  /** 0: every customer is here; else 1 in 2^level. */
  get level(): number {
    return this.#level;
  }

  /** Arms there are, in the order in which they were met; one more than a task takes where there are more. */
  get arms(): string[] {
    return [...this.#arms.keys()];
  }

  /** The customer was in the arm at a moment; `isOther` says whether an arm was shown that is not the customer's. */
  expose(user: string, arm: string, atMs: number, isOther: boolean | null): void {
    const place = this.#armOf(arm);
    const customer = this.#customerOf(user);
    if (customer === null) return;
    const held = this.#customers.view();
    const at = customer * FIELDS;
    const before = held[at + ARM] as number;
    if (before !== place) held[at + ARM] = before === NO_ARM ? place : SEVERAL;
    if (atMs < (held[at + FIRST] as number)) held[at + FIRST] = atMs;
    if (isOther !== null) held[at + SHOWN] = Math.max(held[at + SHOWN] as number, isOther ? SHOWN_OTHER : SHOWN_OWN);
    this.#shrink();
  }

  /** `value` is NaN where the event has none. */
  convert(user: string, atMs: number, value: number, eventId: string): void {
    const customer = this.#customerOf(user);
    if (customer === null) return;
    for (const field of [customer, atMs, value, hash53(eventId)]) this.#conversions.push(field);
    this.#shrink();
  }

  /** A row for each customer who is in one arm. Conversions before the customer was first in it don't count. */
  close(): { readonly rows: Iterable<CustomerRow>; readonly counts: CustomerLogCounts } {
    const held = this.#customers.view();
    const count = held.length / FIELDS;
    const sums = new Float64Array(count * 2);
    const conversions = new Uint8Array(count * 2);
    const { order, repeated } = this.#distinct();
    const events = this.#conversions.view();
    let [counted, withoutValue] = [0, 0];
    for (const at of order) {
      const customer = events[at + CUSTOMER] as number;
      const atMs = events[at + AT] as number;
      const isBefore = atMs < this.#fromMs;
      if (!isBefore && atMs < (held[customer * FIELDS + FIRST] as number)) continue;
      const value = events[at + VALUE] as number;
      const slot = customer * 2 + (isBefore ? 1 : 0);
      conversions[slot] = 1;
      if (!Number.isNaN(value)) sums[slot] = (sums[slot] as number) + value;
      if (isBefore || (held[customer * FIELDS + ARM] as number) < 0) continue;
      counted++;
      if (Number.isNaN(value)) withoutValue++;
    }
    const counts = {
      ...this.#countCustomers(),
      repeatedConversions: repeated,
      conversions: counted,
      conversionsWithoutValue: withoutValue,
    };
    return { rows: rowsOf(held, this.arms, sums, conversions), counts };
  }

  #countCustomers(): Pick<CustomerLogCounts, 'customers' | 'inSeveralArms' | 'shown' | 'shownOther'> {
    const held = this.#customers.view();
    let [customers, inSeveralArms, shown, shownOther] = [0, 0, 0, 0];
    for (let at = 0; at < held.length; at += FIELDS) {
      if (held[at + ARM] !== NO_ARM) customers++;
      if (held[at + ARM] === SEVERAL) inSeveralArms++;
      if ((held[at + SHOWN] as number) > 0) shown++;
      if (held[at + SHOWN] === SHOWN_OTHER) shownOther++;
    }
    return { customers, inSeveralArms, shown, shownOther };
  }

  /** Conversions by id, each id once: of several the earliest, then that of the smaller value. */
  #distinct(): { readonly order: Uint32Array; readonly repeated: number } {
    const events = this.#conversions.view();
    const held = this.#customers.view();
    const field = (name: number) => (at: number) => events[at + name] as number;
    const [id, atMs, customer] = [field(ID), field(AT), field(CUSTOMER)];
    const value = (at: number) => (Number.isNaN(events[at + VALUE]) ? -Infinity : (events[at + VALUE] as number));
    const sample = (at: number) => held[customer(at) * FIELDS + SAMPLE] as number;
    const order = Uint32Array.from({ length: events.length / CONVERSION_FIELDS }, (_, i) => i * CONVERSION_FIELDS);
    order.sort((a, b) => id(a) - id(b) || atMs(a) - atMs(b) || sample(a) - sample(b) || value(a) - value(b) || 0);
    const distinct = order.filter((at, place) => place === 0 || id(order[place - 1] as number) !== id(at));
    return { order: distinct, repeated: order.length - distinct.length };
  }

  #armOf(name: string): number {
    const known = this.#arms.get(name);
    if (known !== undefined) return known;
    // One too many tells that there are too many.
    if (this.#arms.size > MAX_ARMS) return MAX_ARMS;
    this.#arms.set(name, this.#arms.size);
    return this.#arms.size - 1;
  }

  /** Null where the customer is not of the sample. */
  #customerOf(user: string): number | null {
    const known = this.#places.get(user);
    if (known !== undefined) return known;
    const sample = uniformHash(`sample ${user}`);
    if (sample >= 2 ** -this.#level) return null;
    for (const field of [sample, NO_ARM, Infinity, 0]) this.#customers.push(field);
    const place = this.#places.size;
    this.#places.set(user, place);
    return place;
  }

  #shrink(): void {
    const { customers, conversions } = this.#limits;
    while (this.#places.size > customers || this.#conversions.length > conversions * CONVERSION_FIELDS) this.#halve();
  }

  #halve(): void {
    this.#level++;
    const bound = 2 ** -this.#level;
    const [held, events] = [this.#customers.view(), this.#conversions.view()];
    const moved = new Int32Array(this.#places.size).fill(-1);
    const places = new Map<string, number>();
    const customers = new GrowingFloats();
    for (const [user, place] of this.#places) {
      const at = place * FIELDS;
      if ((held[at + SAMPLE] as number) >= bound) continue;
      moved[place] = places.size;
      places.set(user, places.size);
      customers.append(held.subarray(at, at + FIELDS));
    }
    const conversions = new GrowingFloats();
    for (let at = 0; at < events.length; at += CONVERSION_FIELDS) {
      const place = moved[events[at + CUSTOMER] as number] as number;
      if (place < 0) continue;
      events[at + CUSTOMER] = place;
      conversions.append(events.subarray(at, at + CONVERSION_FIELDS));
    }
    [this.#places, this.#customers, this.#conversions] = [places, customers, conversions];
  }
}

function* rowsOf(
  held: Float64Array,
  arms: readonly string[],
  sums: Float64Array,
  conversions: Uint8Array,
): Generator<CustomerRow> {
  for (let customer = 0; customer < held.length / FIELDS; customer++) {
    const arm = arms[held[customer * FIELDS + ARM] as number];
    if (arm === undefined) continue;
    yield {
      arm,
      at: new Date(held[customer * FIELDS + FIRST] as number).toISOString(),
      converted: conversions[customer * 2] as 0 | 1,
      revenue: sums[customer * 2] as number,
      convertedBefore: conversions[customer * 2 + 1] as 0 | 1,
      revenueBefore: sums[customer * 2 + 1] as number,
    };
  }
}
