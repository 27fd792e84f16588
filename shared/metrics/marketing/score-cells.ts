import type { SavedState, StateSize } from '../task.ts';

/** What may happen to a row: counted apart for each score. */
export const CELLS = 4;
const MANTISSA_BITS = 52;
/** Every engine that runs this stores the lower half of a double first. */
const LOW_HALF = 0;
const HIGH_HALF = 1;
const LIMITS: Readonly<Record<StateSize, number>> = { whole: 2 ** 18, slice: 2 ** 12 };

/**
 * How many rows of each of four kinds have each score, scores in descending order. As long as at most `limit` scores differ, the
 * table is exact; else scores are cut to as many bits of their mantissa as leave at most `limit` different ones. The cut depends
 * on the scores alone, not on their order or division: a coarser cut follows only from scores that need it.
 */
export class ScoreCells {
  readonly #limit: number;
  /** Rows not yet sorted in. */
  readonly #newScores: Float64Array;
  readonly #newCells: Uint8Array;
  #newCount = 0;
  #scores: Float64Array;
  #counts: Uint32Array;
  #droppedBits: number;

  constructor(size: StateSize, saved: SavedState | null = null) {
    this.#limit = LIMITS[size];
    this.#newScores = new Float64Array(this.#limit);
    this.#newCells = new Uint8Array(this.#limit);
    this.#scores = (saved?.arrays['scores'] as Float64Array | undefined)?.slice() ?? new Float64Array(0);
    this.#counts = (saved?.arrays['counts'] as Uint32Array | undefined)?.slice() ?? new Uint32Array(0);
    this.#droppedBits = Number(saved?.fields['droppedBits'] ?? 0);
  }

  add(score: number, cell: number): void {
    if (this.#newCount === this.#limit) this.#sortIn();
    this.#newScores[this.#newCount] = score;
    this.#newCells[this.#newCount] = cell;
    this.#newCount += 1;
  }

  merge(other: ScoreCells): void {
    other.#sortIn();
    this.#sortIn();
    this.#droppedBits = Math.max(this.#droppedBits, other.#droppedBits);
    this.#join({ scores: other.#scores, counts: other.#counts });
  }

  save(): SavedState {
    this.#sortIn();
    return { fields: { droppedBits: this.#droppedBits }, arrays: { scores: this.#scores, counts: this.#counts } };
  }

  /** Distinct scores in descending order, and the counts of their cells, `CELLS` a score. */
  get table(): ScoreTable {
    this.#sortIn();
    return { scores: this.#scores, counts: this.#counts, relativeError: cutError(this.#droppedBits) };
  }

  #sortIn(): void {
    if (this.#newCount === 0) return;
    // A cell at a time, as typed arrays sort fastest alone.
    const [first, second, third, fourth] = [0, 1, 2, 3].map((cell) => this.#takeNew(cell)) as [Part, Part, Part, Part];
    this.#newCount = 0;
    const joined = joinTables(joinTables(first, second), joinTables(third, fourth));
    this.#join(joined);
  }

  #takeNew(cell: number): Part {
    const scores = this.#newScores.subarray(0, this.#newCount).filter((_, row) => this.#newCells[row] === cell);
    scores.sort().reverse();
    const counts = new Uint32Array(CELLS * scores.length);
    for (let at = cell; at < counts.length; at += CELLS) counts[at] = 1;
    return { scores, counts };
  }

  /** Merges a descending table into the own one, then cuts until it fits. */
  #join(later: Part): void {
    const joined = joinTables({ scores: this.#scores, counts: this.#counts }, later);
    let grouped = groupTable(joined, this.#droppedBits);
    while (grouped.scores.length > this.#limit) {
      this.#droppedBits += 1;
      grouped = groupTable(grouped, this.#droppedBits);
    }
    this.#scores = grouped.scores;
    this.#counts = grouped.counts;
  }
}

interface Part {
  readonly scores: Float64Array;
  readonly counts: Uint32Array;
}

export interface ScoreTable extends Part {
  /** By how much, relative to itself, a score may have been lowered in size; 0 where all are exact. */
  readonly relativeError: number;
}

function joinTables(a: Part, b: Part): Part {
  const scores = new Float64Array(a.scores.length + b.scores.length);
  const counts = new Uint32Array(CELLS * scores.length);
  let [nextA, nextB] = [0, 0];
  for (let place = 0; place < scores.length; place++) {
    const isFromA =
      nextB === b.scores.length ||
      (nextA < a.scores.length && (a.scores[nextA] as number) >= (b.scores[nextB] as number));
    const from = isFromA ? a : b;
    const at = isFromA ? nextA++ : nextB++;
    scores[place] = from.scores[at] as number;
    for (let cell = 0; cell < CELLS; cell++) counts[CELLS * place + cell] = from.counts[CELLS * at + cell] as number;
  }
  return { scores, counts };
}

/** Puts neighbours whose scores are the same after the cut together; in place, then cut to length. */
function groupTable({ scores, counts }: Part, droppedBits: number): Part {
  const cut = cutterOf(droppedBits);
  let groups = 0;
  for (let place = 0; place < scores.length; place++) {
    const score = cut(scores[place] as number);
    const isNew = groups === 0 || scores[groups - 1] !== score;
    if (isNew) {
      scores[groups] = score;
      for (let cell = 0; cell < CELLS; cell++) counts[CELLS * groups + cell] = counts[CELLS * place + cell] as number;
      groups += 1;
      continue;
    }
    for (let cell = 0; cell < CELLS; cell++) {
      const at = CELLS * (groups - 1) + cell;
      counts[at] = (counts[at] as number) + (counts[CELLS * place + cell] as number);
    }
  }
  return { scores: scores.slice(0, groups), counts: counts.slice(0, CELLS * groups) };
}

/** Cuts the lowest bits of a double, towards 0; cuts nest, so that a second, coarser one gives what it alone would. */
function cutterOf(droppedBits: number): (score: number) => number {
  // Minus zero and zero are one score.
  if (droppedBits === 0) return (score) => score + 0;
  // The halves of a double: bits up to 32 of its mantissa are in the one, the upper 20 in the other.
  const asDouble = new Float64Array(1);
  const halves = new Uint32Array(asDouble.buffer);
  const lowMask = droppedBits >= 32 ? 0 : -(2 ** droppedBits);
  const highMask = droppedBits <= 32 ? -1 : -(2 ** Math.min(31, droppedBits - 32));
  return (score) => {
    asDouble[0] = score;
    halves[LOW_HALF] = (halves[LOW_HALF] as number) & lowMask;
    halves[HIGH_HALF] = (halves[HIGH_HALF] as number) & highMask;
    return (asDouble[0] as number) + 0;
  };
}

function cutError(droppedBits: number): number {
  return droppedBits === 0 ? 0 : 2 ** Math.min(0, droppedBits - MANTISSA_BITS);
}
