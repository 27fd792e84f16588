import { hash53 } from '../../core/hash-53.ts';
import { uniformHash } from '../../core/uniform-hash.ts';
import type { Json, SavedState } from '../task.ts';

/** Customers that are known exactly. Twice as many are held before the table is cut: 2^19 places of 20 bytes, 10 MiB. */
export const MAX_SEEN_CUSTOMERS = 2 ** 17;
const FIRST_PLACES = 2 ** 10;
const HASHES = 2 ** 53;

/** How many customers there are and how many of them came more than once. */
export interface CustomerCounts {
  readonly customers: number;
  readonly repeated: number;
  /** Rows of theirs beyond the first. */
  readonly furtherRows: number;
  readonly inSeveralArms: number;
  /** False: there were too many customers, and the counts are estimates from those with the least hashes. */
  readonly isExact: boolean;
}

/**
 * Who came how often and in which arms, by 53-bit hashes of the ids (two of 131,072 are alike with a chance of 1 in a million).
 * Beyond `limit` customers those with the least hashes are kept, all rows of theirs counted: a sample that hash values choose
 * (bottom-k, Cohen and Kaplan 2007, PODC), which depends on the set of customers alone, neither on the order of rows nor on parts.
 */
export class SeenCustomers {
  readonly #limit: number;
  /** Hash + 1 at each place of an open-addressed table; 0 where it is free. */
  #keys = new Float64Array(FIRST_PLACES);
  #rows = new Uint32Array(FIRST_PLACES);
  /** Least and greatest hash of the arms that a customer was in. */
  #low = new Uint32Array(FIRST_PLACES);
  #high = new Uint32Array(FIRST_PLACES);
  #count = 0;
  /** Greatest hash that is still kept; all are where nothing was cut. */
  #threshold = HASHES;

  constructor(limit: number, saved: SavedState | null = null) {
    this.#limit = limit;
    if (saved === null) return;
    this.#threshold = Number(saved.fields['threshold'] ?? HASHES);
    this.#takeAll(saved.arrays as unknown as Entries);
  }

  add(customer: string, arm: string): void {
    const armHash = uniformHash(arm) * 2 ** 32;
    this.#take(hash53(customer), 1, armHash, armHash);
  }

  merge(other: SeenCustomers): void {
    // Both cut first: entries come in the order of their places, which would fill a table unevenly that is half full.
    this.#cut();
    other.#cut();
    this.#threshold = Math.min(this.#threshold, other.#threshold);
    this.#takeAll(other.#entries());
    this.#cut();
  }

  save(): SavedState {
    this.#cut();
    const entries = this.#entries();
    const threshold: Json = this.#threshold === HASHES ? null : this.#threshold;
    return { fields: { threshold }, arrays: { ...entries } };
  }

  counts(): CustomerCounts {
    this.#cut();
    const isExact = this.#threshold === HASHES;
    // k - 1 of k hashes lie below the threshold, whose share of all hashes is known.
    const scale = isExact ? 1 : (this.#count - 1) / (this.#threshold / HASHES) / this.#count;
    let [repeated, furtherRows, inSeveralArms] = [0, 0, 0];
    for (let place = 0; place < this.#keys.length; place++) {
      const rows = this.#rows[place] as number;
      if (rows < 2) continue;
      repeated += 1;
      furtherRows += rows - 1;
      if (this.#low[place] !== this.#high[place]) inSeveralArms += 1;
    }
    const scaled = (count: number) => Math.round(count * scale);
    return {
      customers: scaled(this.#count),
      repeated: scaled(repeated),
      furtherRows: scaled(furtherRows),
      inSeveralArms: scaled(inSeveralArms),
      isExact,
    };
  }

  #take(hash: number, rows: number, low: number, high: number): void {
    if (hash > this.#threshold) return;
    const place = this.#placeOf(hash);
    if (this.#keys[place] === 0) {
      this.#keys[place] = hash + 1;
      this.#rows[place] = rows;
      this.#low[place] = low;
      this.#high[place] = high;
      this.#count += 1;
      this.#makeRoom();
      return;
    }
    this.#rows[place] = (this.#rows[place] as number) + rows;
    this.#low[place] = Math.min(this.#low[place] as number, low);
    this.#high[place] = Math.max(this.#high[place] as number, high);
  }

  #takeAll({ hashes, rows, low, high }: Entries): void {
    for (let i = 0; i < hashes.length; i++)
      this.#take(hashes[i] as number, rows[i] as number, low[i] as number, high[i] as number);
  }

  /** The place of a hash, or the free one where it belongs. */
  #placeOf(hash: number): number {
    const mask = this.#keys.length - 1;
    let place = (hash % this.#keys.length) & mask;
    while (this.#keys[place] !== 0 && this.#keys[place] !== hash + 1) place = (place + 1) & mask;
    return place;
  }

  #makeRoom(): void {
    if (this.#count > 2 * this.#limit) this.#cut();
    else if (2 * this.#count > this.#keys.length) this.#refill(this.#entries(), 2 * this.#keys.length);
  }

  /** Down to the customers with the least hashes. */
  #cut(): void {
    if (this.#count <= this.#limit) return;
    const hashes = this.#keys.filter((key) => key !== 0).sort();
    this.#threshold = (hashes[this.#limit - 1] as number) - 1;
    this.#refill(this.#entries(), this.#keys.length);
  }

  #refill(entries: Entries, places: number): void {
    this.#keys = new Float64Array(places);
    this.#rows = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#high = new Uint32Array(places);
    this.#count = 0;
    this.#takeAll(entries);
  }

  /** What is kept, in the order of places. */
  #entries(): Entries {
    const places = Uint32Array.from(usedPlaces(this.#keys));
    return {
      hashes: Float64Array.from(places, (place) => (this.#keys[place] as number) - 1),
      rows: places.map((place) => this.#rows[place] as number),
      low: places.map((place) => this.#low[place] as number),
      high: places.map((place) => this.#high[place] as number),
    };
  }
}

interface Entries {
  readonly hashes: Float64Array;
  readonly rows: Uint32Array;
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

function* usedPlaces(keys: Float64Array): Generator<number> {
  for (let place = 0; place < keys.length; place++) if (keys[place] !== 0) yield place;
}
