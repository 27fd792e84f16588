import { numberCell, objectCell, shown } from '../read-cell.ts';

const EXPECTED = 'scores: expected an object of numbers by class';

/** Scores by class from an object or its JSON text; a text that says what is wrong. Null where there are none. */
export function readScores(cell: unknown): ReadonlyMap<string, number> | string | null {
  const record = recordOfScores(cell);
  if (record === null || typeof record === 'string') return record;
  const scores = new Map<string, number>();
  for (const label of Object.keys(record)) {
    const score = scoreOf(label, record[label]);
    if (typeof score === 'string') return score;
    scores.set(label, score);
  }
  return scores;
}

/** The object that a cell holds, whose values were not looked at yet; a text that says what is wrong. Null where there is none. */
export function recordOfScores(cell: unknown): Readonly<Record<string, unknown>> | string | null {
  if (cell === undefined || cell === null || cell === '') return null;
  const record = objectCell(cell);
  if (record === undefined) return `${EXPECTED}, got ${shown(cell)}`;
  for (const _ in record) return record;
  return `${EXPECTED}, got an empty one`;
}

/** A class's score; a text that says what is wrong. */
export function scoreOf(label: string, value: unknown): number | string {
  return numberCell(value) ?? `scores.${label}: expected a number, got ${shown(value)}`;
}
