import { hash53 } from '../../core/hash-53.ts';
import type { SavedState } from '../task.ts';

const FIRST_SLOTS = 64;
const MOST_FILLED = 0.75;
const HASH_BITS = 53;
const BYTES_PER_KEY = 8;
const BYTES_PER_COUNT = 4;

/**
 * Counts by item, in a table with open addressing; an item is known by its hash, which takes 8 bytes however long the id is.
 * Where there are more items than fit, only those whose hash is below a bound are kept, and the bound is halved until they fit: an
 * even sample of 1 in 2^level, which depends on the set of items alone (adaptive sampling, Wegman; Flajolet 1990, Computing 43).
 */
export class ItemTable {
  readonly #columns: number;
  readonly #mostSlots: number;
  #level = 0;
  #keys: Float64Array;
  #counts: Uint32Array;
  #items = 0;

  constructor(columns: number, mostBytes: number) {
    this.#columns = columns;
    const bytesPerSlot = BYTES_PER_KEY + BYTES_PER_COUNT * columns;
    this.#mostSlots = Math.max(FIRST_SLOTS, 2 ** Math.floor(Math.log2(mostBytes / bytesPerSlot)));
    this.#keys = new Float64Array(FIRST_SLOTS);
    this.#counts = new Uint32Array(FIRST_SLOTS * columns);
  }

  static restore(columns: number, mostBytes: number, level: number, arrays: SavedState['arrays']): ItemTable {
    const table = new ItemTable(columns, mostBytes);
    table.#raiseTo(level);
    const [keys, counts] = [arrays['itemKeys'] as Float64Array, arrays['itemCounts'] as Uint32Array];
    for (let i = 0; i < keys.length; i++) table.#addAll(keys[i] as number, counts, i * columns);
    return table;
  }

  /** Counts `item` once in `column`. */
  count(item: string, column: number): void {
    const slot = this.#slotOf(hash53(item) || 1);
    if (slot < 0) return;
    const at = slot * this.#columns + column;
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  merge(later: ItemTable): void {
    if (later.#level > this.#level) this.#raiseTo(later.#level);
    for (let slot = 0; slot < later.#keys.length; slot++) {
      const key = later.#keys[slot] as number;
      if (key !== 0) this.#addAll(key, later.#counts, slot * this.#columns);
    }
  }

  /** 0: every item is here; else 1 in 2^level. */
  get level(): number {
    return this.#level;
  }

  /** How many items are here. */
  get items(): number {
    return this.#items;
  }

  /** The counts of each item here, in no order worth naming: `Uint32Array` of `columns` at an offset. */
  forEach(visit: (counts: Uint32Array, offset: number) => void): void {
    for (let slot = 0; slot < this.#keys.length; slot++) {
      if (this.#keys[slot] !== 0) visit(this.#counts, slot * this.#columns);
    }
  }

  /** Only what is filled, so that a small table takes little. */
  save(): SavedState['arrays'] {
    const itemKeys = this.#keys.filter((key) => key !== 0);
    const itemCounts = new Uint32Array(itemKeys.length * this.#columns);
    let at = 0;
    this.forEach((counts, offset) => {
      itemCounts.set(counts.subarray(offset, offset + this.#columns), at);
      at += this.#columns;
    });
    return { itemKeys, itemCounts };
  }

  #addAll(key: number, counts: Uint32Array, offset: number): void {
    const slot = this.#slotOf(key);
    if (slot < 0) return;
    for (let column = 0; column < this.#columns; column++) {
      const at = slot * this.#columns + column;
      this.#counts[at] = (this.#counts[at] as number) + (counts[offset + column] as number);
    }
  }

  /** Where `key` is, entered if need be; -1 where it is not of the sample. */
  #slotOf(key: number): number {
    if (key >= 2 ** (HASH_BITS - this.#level)) return -1;
    let slot = this.#probe(key);
    if (this.#keys[slot] !== 0) return slot;
    if (this.#items + 1 > MOST_FILLED * this.#keys.length) {
      this.#makeRoom();
      return this.#slotOf(key);
    }
    slot = this.#probe(key);
    this.#keys[slot] = key;
    this.#items += 1;
    return slot;
  }

  #probe(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (key >>> 0) & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #makeRoom(): void {
    if (this.#keys.length < this.#mostSlots) this.#rebuild(this.#keys.length * 2);
    else this.#raiseTo(this.#level + 1);
  }

  #raiseTo(level: number): void {
    this.#level = level;
    this.#rebuild(this.#keys.length);
  }

  #rebuild(slots: number): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#keys = new Float64Array(slots);
    this.#counts = new Uint32Array(slots * this.#columns);
    this.#items = 0;
    for (let slot = 0; slot < keys.length; slot++) {
      if (keys[slot] !== 0) this.#addAll(keys[slot] as number, counts, slot * this.#columns);
    }
  }
}
