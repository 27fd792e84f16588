import type { SavedState } from '../task.ts';
import type { Side } from './drift-row.ts';

const FIRST_SLOTS = 64;
const MOST_FILLED = 0.75;
export const BYTES_PER_NUMBER = 16;
const WORD_BITS = 32;

/** How often each number occurs on each side, the numbers ascending. */
export interface PairedCounts<K> {
  readonly keys: readonly K[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/**
 * Counts of numbers on both sides. As long as there are few different ones it is exact; with more, the lowest bits of all numbers
 * are dropped, one after the other, until those that remain fit. Doubles without their last bits are ordered as the doubles are, so
 * that these are the counts of a histogram with bins of about equal relative width; how many bits go depends on the set of numbers
 * alone.
 */
export class NumberCounts {
  readonly #mostSlots: number;
  #droppedBits = 0;
  #keys = new Float64Array(FIRST_SLOTS);
  /** 0: free. */
  #counts = new Uint32Array(2 * FIRST_SLOTS);
  #filled = 0;
  readonly #scratch = new Float64Array(1);
  readonly #words = new Uint32Array(this.#scratch.buffer);

  constructor(mostBytes: number) {
    this.#mostSlots = Math.max(FIRST_SLOTS, 2 ** Math.floor(Math.log2(mostBytes / BYTES_PER_NUMBER)));
  }

  static restore(mostBytes: number, droppedBits: number, arrays: SavedState['arrays']): NumberCounts {
    const counts = new NumberCounts(mostBytes);
    counts.#droppedBits = droppedBits;
    const [keys, saved] = [arrays['numbers'] as Float64Array, arrays['numberCounts'] as Uint32Array];
    keys.forEach((key, i) => {
      counts.#addCounts(key, saved[2 * i] as number, saved[2 * i + 1] as number);
    });
    return counts;
  }

  /** `value` must be finite. */
  add(value: number, side: Side): void {
    this.#addCounts(value, 1 - side, side);
  }

  merge(later: NumberCounts): void {
    if (later.#droppedBits > this.#droppedBits) this.#dropTo(later.#droppedBits);
    for (let slot = 0; slot < later.#keys.length; slot++) {
      const [reference, current] = [later.#counts[2 * slot] as number, later.#counts[2 * slot + 1] as number];
      if (reference + current > 0) this.#addCounts(later.#keys[slot] as number, reference, current);
    }
  }

  /** 0: all counts are of single numbers. */
  get droppedBits(): number {
    return this.#droppedBits;
  }

  sorted(): PairedCounts<number> {
    const slots = Uint32Array.from(this.#usedSlots());
    slots.sort((a, b) => (this.#keys[a] as number) - (this.#keys[b] as number));
    return {
      keys: Array.from(slots, (slot) => this.#keys[slot] as number),
      reference: Float64Array.from(slots, (slot) => this.#counts[2 * slot] as number),
      current: Float64Array.from(slots, (slot) => this.#counts[2 * slot + 1] as number),
    };
  }

  save(): SavedState['arrays'] {
    const slots = this.#usedSlots();
    return {
      numbers: Float64Array.from(slots, (slot) => this.#keys[slot] as number),
      numberCounts: Uint32Array.from(
        slots.flatMap((slot) => [this.#counts[2 * slot] as number, this.#counts[2 * slot + 1] as number]),
      ),
    };
  }

  #usedSlots(): number[] {
    const slots: number[] = [];
    for (let slot = 0; slot < this.#keys.length; slot++) {
      if ((this.#counts[2 * slot] as number) + (this.#counts[2 * slot + 1] as number) > 0) slots.push(slot);
    }
    return slots;
  }

  #addCounts(value: number, reference: number, current: number): void {
    let slot = this.#slotOf(value);
    if (this.#isFree(slot)) {
      if (this.#filled + 1 > MOST_FILLED * this.#keys.length) {
        this.#makeRoom();
        this.#addCounts(value, reference, current);
        return;
      }
      this.#filled += 1;
      // The probe left the number without its dropped bits.
      this.#keys[slot] = this.#scratch[0] as number;
    }
    slot *= 2;
    this.#counts[slot] = (this.#counts[slot] as number) + reference;
    this.#counts[slot + 1] = (this.#counts[slot + 1] as number) + current;
  }

  #slotOf(value: number): number {
    const words = this.#words;
    // Adding 0 makes -0 to 0.
    this.#scratch[0] = value + 0;
    if (this.#droppedBits >= WORD_BITS) {
      words[0] = 0;
      words[1] = (words[1] as number) & (-1 << (this.#droppedBits - WORD_BITS));
    } else words[0] = (words[0] as number) & (-1 << this.#droppedBits);
    const key = this.#scratch[0] as number;
    const mask = this.#keys.length - 1;
    let hash = Math.imul((words[0] as number) ^ Math.imul(words[1] as number, 0x85ebca6b), 0xc2b2ae35);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (this.#keys[slot] !== key && !this.#isFree(slot)) slot = (slot + 1) & mask;
    return slot;
  }

  #isFree(slot: number): boolean {
    return this.#counts[2 * slot] === 0 && this.#counts[2 * slot + 1] === 0;
  }

  #makeRoom(): void {
    if (this.#keys.length < this.#mostSlots) this.#rebuild(this.#keys.length * 2);
    else this.#dropTo(this.#droppedBits + 1);
  }

  #dropTo(bits: number): void {
    this.#droppedBits = bits;
    this.#rebuild(this.#keys.length);
  }

  #rebuild(slots: number): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#keys = new Float64Array(slots);
    this.#counts = new Uint32Array(2 * slots);
    this.#filled = 0;
    for (let slot = 0; slot < keys.length; slot++) {
      const [reference, current] = [counts[2 * slot] as number, counts[2 * slot + 1] as number];
      if (reference + current > 0) this.#addCounts(keys[slot] as number, reference, current);
    }
  }
}
