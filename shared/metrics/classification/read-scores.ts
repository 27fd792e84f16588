import { numberCell, objectCell, shown } from '../read-cell.ts';

const EXPECTED = 'scores: expected an object of numbers by class';

/** Scores by class from an object or its JSON text; a text that says what is wrong. Null where there are none. */
export function readScores(cell: unknown): ReadonlyMap<string, number> | string | null {
  if (cell === undefined || cell === null || cell === '') return null;
  const record = objectCell(cell);
  if (record === undefined) return `${EXPECTED}, got ${shown(cell)}`;
  const scores = new Map<string, number>();
  for (const [label, value] of Object.entries(record)) {
    const score = numberCell(value);
    if (score === undefined) return `scores.${label}: expected a number, got ${shown(value)}`;
    scores.set(label, score);
  }
  return scores.size === 0 ? `${EXPECTED}, got an empty one` : scores;
}
