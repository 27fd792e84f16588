const FIRST_CAPACITY = 64;

/** Doubles in one typed array that grows by half as it fills: 8 bytes each, without a pause for the garbage collector. */
export class GrowingFloats {
  #held: Float64Array;
  #length: number;

  constructor(values: Float64Array = new Float64Array(0)) {
    this.#held = values;
    this.#length = values.length;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#held.length) this.#grow(this.#length + 1);
    this.#held[this.#length] = value;
    this.#length += 1;
  }

  append(values: Float64Array): void {
    const length = this.#length + values.length;
    if (length > this.#held.length) this.#grow(length);
    this.#held.set(values, this.#length);
    this.#length = length;
  }

  /** Appends `value` until there are `length`. */
  fillTo(length: number, value: number): void {
    if (length <= this.#length) return;
    if (length > this.#held.length) this.#grow(length);
    this.#held.fill(value, this.#length, length);
    this.#length = length;
  }

  /** What is held, in place: sorting it sorts this. Good until the next `push`. */
  view(): Float64Array {
    return this.#held.subarray(0, this.#length);
  }

  #grow(least: number): void {
    const larger = new Float64Array(Math.max(least, FIRST_CAPACITY, Math.ceil(this.#held.length * 1.5)));
    larger.set(this.view());
    this.#held = larger;
  }
}
