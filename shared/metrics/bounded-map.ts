import { compareCodePoints } from '../core/code-point-order.ts';
import { uniformHash } from '../core/uniform-hash.ts';

/** How values under texts come to be and are joined. */
export interface ValueKind<V> {
  /** A new value; `text` is that of a kept one, undefined for the value that the others share. */
  make(text: string | undefined): V;
  /** Adds `from` to `into`; `from` is not used afterwards. */
  join(into: V, from: V): void;
}

/**
 * A map from texts to values that keeps at most `limit` texts: those whose hashes are least. All others share one value. As a text
 * once driven out has `limit` texts before it and can't come back, what is kept depends on the set of texts alone, not on their
 * order nor on how they were divided; and as a hash chooses, no order of input makes many be driven out.
 */
export class BoundedMap<V> {
  readonly #limit: number;
  readonly #kind: ValueKind<V>;
  readonly #kept = new Map<string, V>();
  #other: V | undefined;
  /** The kept text that goes first; known only while the map is full. */
  #last: string | undefined;

  constructor(
    limit: number,
    kind: ValueKind<V>,
    saved: { kept: Iterable<readonly [string, V]>; other?: V | undefined } = { kept: [] },
  ) {
    this.#limit = limit;
    this.#kind = kind;
    for (const [text, value] of saved.kept) this.#kept.set(text, value);
    this.#other = saved.other;
    if (this.#kept.size >= limit) this.#last = this.#findLast();
  }

  /** The value of `text`, or the one that the texts share which are not kept. */
  at(text: string): V {
    return this.#kept.get(text) ?? this.#enter(text, undefined);
  }

  merge(later: BoundedMap<V>): void {
    for (const [text, value] of later.#kept) {
      const kept = this.#kept.get(text);
      if (kept === undefined) this.#enter(text, value);
      else this.#kind.join(kept, value);
    }
    if (later.#other !== undefined) this.#joinOther(later.#other);
  }

  /** What is kept, in code point order of the texts. */
  get kept(): readonly (readonly [string, V])[] {
    return [...this.#kept].sort(([a], [b]) => compareCodePoints(a, b));
  }

  /** The value of all texts that are not kept; undefined where all are. */
  get other(): V | undefined {
    return this.#other;
  }

  #enter(text: string, value: V | undefined): V {
    if (this.#last !== undefined) {
      if (comesAfter(text, this.#last)) return this.#joinOther(value);
      this.#joinOther(this.#kept.get(this.#last));
      this.#kept.delete(this.#last);
    }
    const entered = value ?? this.#kind.make(text);
    this.#kept.set(text, entered);
    if (this.#kept.size === this.#limit) this.#last = this.#findLast();
    return entered;
  }

  #joinOther(value: V | undefined): V {
    if (this.#other === undefined) this.#other = value ?? this.#kind.make(undefined);
    else if (value !== undefined) this.#kind.join(this.#other, value);
    return this.#other;
  }

  #findLast(): string | undefined {
    let last: string | undefined;
    for (const text of this.#kept.keys()) if (last === undefined || comesAfter(text, last)) last = text;
    return last;
  }
}

function comesAfter(a: string, b: string): boolean {
  const [hashA, hashB] = [uniformHash(a), uniformHash(b)];
  return hashA === hashB ? a > b : hashA > hashB;
}
