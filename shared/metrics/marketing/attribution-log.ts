import { GrowingFloats } from '../../core/growing-floats.ts';
import { hash53 } from '../../core/hash-53.ts';
import { uniformHash } from '../../core/uniform-hash.ts';
import type { Json, SavedState } from '../task.ts';
import type { Sale, Touch } from './attribution.ts';

/** A touch or a sale, as a log takes it. */
export type AttributionRow =
  | ({ readonly kind: 'click' | 'view'; readonly origin?: string; readonly eventId?: string } & Omit<Touch, 'kind'>)
  | ({ readonly kind: 'sale'; readonly origin?: string } & Sale);

export interface AttributionLogLimits {
  /** Touches and sales; 80 bytes each. */
  readonly rows: number;
  /** Different customers, recommendations, channels and items: about 150 bytes each. */
  readonly texts: number;
}

/** What happened with one customer, or with one sale that is nobody's. */
export interface CustomerRows {
  readonly touches: readonly Touch[];
  readonly sales: readonly Sale[];
}

/** What of a row is kept in which of its numbers; texts by their place in the list of texts, -1 where there is none. */
const SAMPLE = 0;
const KIND = 1;
const USER = 2;
const AT = 3;
const RECOMMENDATION = 4;
const ORIGIN = 5;
const CHANNEL = 6;
const ITEM = 7;
const VALUE = 8;
/** A digest of the event's id: among a million, two are alike with a chance of 6 in 100,000. */
const ID = 9;
const FIELDS = 10;

const KINDS = ['click', 'view', 'sale'] as const;
const SALE_KIND = KINDS.indexOf('sale');
const NONE = -1;

/**
 * Touches and sales in bounded memory. Where there are more than fit, only customers whose hash is below a bound are kept, with all
 * that is theirs, and the bound is halved until they fit: an even sample of 1 customer in 2^level, which depends on the rows alone and
 * not on their order (adaptive sampling, Wegman; Flajolet 1990, Computing 43).
 */
export class AttributionLog {
  readonly #limits: AttributionLogLimits;
  #level: number;
  #rows: GrowingFloats;
  #places = new Map<string, number>();
  #texts: string[] = [];

  constructor(limits: AttributionLogLimits, saved?: SavedState) {
    this.#limits = limits;
    this.#level = Number(saved?.fields['level'] ?? 0);
    this.#rows = new GrowingFloats(saved?.arrays['rows'] as Float64Array | undefined);
    for (const text of (saved?.fields['texts'] ?? []) as readonly string[]) this.#placeOf(text);
  }

  /** 0: every customer is here; else 1 in 2^level. */
  get level(): number {
    return this.#level;
  }

  add(row: AttributionRow): void {
    // A sale that is nobody's is kept or not by itself.
    const sample = uniformHash(`sample ${row.user ?? (row.kind === 'sale' ? row.eventId : '')}`);
    if (sample >= 2 ** -this.#level) return;
    this.#rows.push(sample);
    this.#rows.push(KINDS.indexOf(row.kind));
    this.#rows.push(this.#placeOf(row.user));
    this.#rows.push(row.atMs);
    this.#rows.push(this.#placeOf(row.recommendationId));
    this.#rows.push(this.#placeOf(row.origin));
    this.#rows.push(row.kind === 'sale' ? NONE : this.#placeOf(row.channel));
    this.#rows.push(this.#placeOf(row.itemId));
    this.#rows.push(row.kind === 'sale' ? row.value : 0);
    this.#rows.push(row.eventId === undefined ? NONE : hash53(row.eventId));
    this.#shrink();
  }

  merge(later: AttributionLog): void {
    this.#raiseTo(later.#level);
    later.#raiseTo(this.#level);
    const places = later.#texts.map((text) => this.#placeOf(text));
    this.#rows.append(renumbered(later.#rows.view(), (place) => places[place] as number));
    this.#shrink();
  }

  save(): SavedState {
    const fields: Record<string, Json> = { level: this.#level, texts: this.#texts };
    return { fields, arrays: { rows: this.#rows.view() } };
  }

  /** What made a recommendation, by its id, as far as rows say. */
  origins(): Map<string, string> {
    const found = new Map<string, string>();
    const rows = this.#rows.view();
    for (let at = 0; at < rows.length; at += FIELDS) {
      const [id, origin] = [this.#text(rows, at + RECOMMENDATION), this.#text(rows, at + ORIGIN)];
      if (id === undefined || origin === undefined) continue;
      const other = found.get(id);
      // Of several that are said, always the same one.
      if (other === undefined || origin < other) found.set(id, origin);
    }
    return found;
  }

  /** Customer by customer. What comes again under its id counts once: the earliest. */
  *byCustomer(): Generator<CustomerRows> {
    const rows = this.#rows.view();
    const isCounted = this.#countedOnce(rows);
    const order = Uint32Array.from({ length: rows.length / FIELDS }, (_, row) => row * FIELDS);
    order.sort((a, b) => (rows[a + USER] as number) - (rows[b + USER] as number) || a - b);
    let customer: { user: number; touches: Touch[]; sales: Sale[] } | null = null;
    for (const at of order) {
      const user = rows[at + USER] as number;
      if (customer !== null && (customer.user !== user || user === NONE)) {
        yield customer;
        customer = null;
      }
      customer ??= { user, touches: [], sales: [] };
      if (isCounted[at / FIELDS] === 0) continue;
      if (rows[at + KIND] === SALE_KIND) customer.sales.push(this.#sale(rows, at));
      else customer.touches.push(this.#touch(rows, at));
    }
    if (customer !== null) yield customer;
  }

  #countedOnce(rows: Float64Array): Uint8Array {
    const first = new Map<number, number>();
    const counted = new Uint8Array(rows.length / FIELDS);
    for (let at = 0; at < rows.length; at += FIELDS) {
      const id = rows[at + ID] as number;
      const other = id === NONE ? undefined : first.get(id);
      if (other !== undefined && !this.#isBefore(rows, at, other)) continue;
      if (other !== undefined) counted[other / FIELDS] = 0;
      if (id !== NONE) first.set(id, at);
      counted[at / FIELDS] = 1;
    }
    return counted;
  }

  /** An order of rows with the same id that nothing but what they say decides. */
  #isBefore(rows: Float64Array, a: number, b: number): boolean {
    for (const field of [AT, KIND, VALUE]) {
      const [left, right] = [rows[a + field] as number, rows[b + field] as number];
      if (left !== right) return left < right;
    }
    const said = (at: number) =>
      [USER, RECOMMENDATION, ORIGIN, CHANNEL, ITEM].map((field) => this.#text(rows, at + field) ?? '').join('\n');
    return said(a) < said(b);
  }

  #touch(rows: Float64Array, at: number): Touch {
    return {
      user: this.#text(rows, at + USER) as string,
      atMs: rows[at + AT] as number,
      kind: KINDS[rows[at + KIND] as number] as Touch['kind'],
      ...this.#named(rows, at),
      ...optional('channel', this.#text(rows, at + CHANNEL)),
    };
  }

  #sale(rows: Float64Array, at: number): Sale {
    return {
      eventId: String(rows[at + ID]),
      ...optional('user', this.#text(rows, at + USER)),
      atMs: rows[at + AT] as number,
      value: rows[at + VALUE] as number,
      ...this.#named(rows, at),
    };
  }

  #named(rows: Float64Array, at: number): { readonly recommendationId?: string; readonly itemId?: string } {
    return {
      ...optional('recommendationId', this.#text(rows, at + RECOMMENDATION)),
      ...optional('itemId', this.#text(rows, at + ITEM)),
    };
  }

  #text(rows: Float64Array, at: number): string | undefined {
    return this.#texts[rows[at] as number];
  }

  #placeOf(text: string | undefined): number {
    if (text === undefined) return NONE;
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#texts.push(text);
    this.#places.set(text, this.#texts.length - 1);
    return this.#texts.length - 1;
  }

  #shrink(): void {
    const { rows, texts } = this.#limits;
    while (this.#rows.length > rows * FIELDS || this.#texts.length > texts) this.#raiseTo(this.#level + 1);
  }

  /** Lets go of customers above the bound, and of the texts that only they had. */
  #raiseTo(level: number): void {
    if (level <= this.#level) return;
    this.#level = level;
    const bound = 2 ** -level;
    const [rows, texts] = [this.#rows.view(), this.#texts];
    this.#places = new Map();
    this.#texts = [];
    const kept = new GrowingFloats();
    for (let at = 0; at < rows.length; at += FIELDS) {
      if ((rows[at + SAMPLE] as number) >= bound) continue;
      kept.append(renumbered(rows.slice(at, at + FIELDS), (place) => this.#placeOf(texts[place])));
    }
    this.#rows = kept;
  }
}

/** The rows with their texts at other places; changes `rows`. */
function renumbered(rows: Float64Array, placeOf: (place: number) => number): Float64Array {
  for (let at = 0; at < rows.length; at += FIELDS) {
    for (const field of [USER, RECOMMENDATION, ORIGIN, CHANNEL, ITEM]) {
      const place = rows[at + field] as number;
      if (place !== NONE) rows[at + field] = placeOf(place);
    }
  }
  return rows;
}

function optional<N extends string>(name: N, value: string | undefined): { readonly [K in N]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: string };
}
