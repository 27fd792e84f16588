import { compareCodePoints } from '../../core/code-point-order.ts';
import type { Json } from '../task.ts';

/** Arms a test may have; a column that is no arm (a customer's id) shows itself by more. */
export const MAX_ARMS = 20;

/** Names that say that nothing was done, in lower case. */
const CONTROL_NAMES = [
  'control',
  'holdout',
  'hold-out',
  'baseline',
  'no e-mail',
  'no email',
  'no mail',
  'none',
  'no',
  'a',
  '0',
];

/** What is kept by arm. */
export interface ArmSums<Sums> {
  merge(other: Sums): void;
  save(): { readonly [name: string]: Json };
}

/** The sums of each arm of a test, at most `MAX_ARMS`. */
export class Arms<Sums extends ArmSums<Sums>> {
  readonly #byName = new Map<string, Sums>();
  readonly #start: (saved?: { readonly [name: string]: Json }) => Sums;

  constructor(start: (saved?: { readonly [name: string]: Json }) => Sums, saved?: { readonly [name: string]: Json }) {
    this.#start = start;
    for (const [name, sums] of Object.entries(saved ?? {})) {
      this.#byName.set(name, start(sums as { readonly [name: string]: Json }));
    }
  }

  /** The arm's sums, or null where it would be one too many. */
  of(name: string): Sums | null {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    if (this.#byName.size === MAX_ARMS) return null;
    const started = this.#start();
    this.#byName.set(name, started);
    return started;
  }

  /** Arms beyond the bound are left out of the merge; gives how many rows. */
  merge(other: Arms<Sums>, rowsOf: (sums: Sums) => number): number {
    let left = 0;
    for (const [name, sums] of other.entries()) {
      const own = this.of(name);
      if (own === null) left += rowsOf(sums);
      else own.merge(sums);
    }
    return left;
  }

  /** By name, in the order of code points. */
  entries(): [string, Sums][] {
    return [...this.#byName].sort(([a], [b]) => compareCodePoints(a, b));
  }

  save(): { readonly [name: string]: Json } {
    return Object.fromEntries(this.entries().map(([name, sums]) => [name, sums.save()]));
  }
}

/** The arm that the others are compared with: as set, else the one whose name says so, else the first by name. */
export function controlOf(
  names: readonly string[],
  set: string | null,
): { readonly name: string | null; readonly isGuess: boolean } {
  if (set !== null) return { name: names.includes(set) ? set : null, isGuess: false };
  const named = CONTROL_NAMES.map((control) => names.find((name) => name.trim().toLowerCase() === control));
  const found = named.find((name) => name !== undefined);
  return found === undefined ? { name: names[0] ?? null, isGuess: true } : { name: found, isGuess: false };
}
