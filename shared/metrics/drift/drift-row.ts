import { shown, textCell } from '../read-cell.ts';
import type { RowRecord } from '../task.ts';

/** 0: the reference; 1: what is compared with it. */
export type Side = 0 | 1;

/** The name of the only feature where a row has bare values. */
export const ONLY_FEATURE = 'value';

const REFERENCE_TEXTS = new Set(['reference', 'ref', 'baseline', 'train', 'training', 'expected', 'before', '0']);
const CURRENT_TEXTS = new Set(['current', 'cur', 'live', 'production', 'test', 'actual', 'after', '1']);

/**
 * Gives each side of a row to `take`: a row that names its `sample` is one observation of all its other columns; a row of
 * `reference` and `current` has an observation under each, an object of features or one bare value. Returns what is wrong with the
 * row, and takes nothing then.
 */
export function readDriftRow(row: RowRecord, take: (side: Side, features: RowRecord) => void): string | null {
  if (row['sample'] !== undefined) {
    const side = sideOf(row['sample']);
    if (side === undefined) return `sample: expected "reference" or "current", got ${shown(row['sample'])}`;
    take(side, row);
    return null;
  }
  const [reference, current] = [observation(row['reference']), observation(row['current'])];
  for (const [name, read] of [['reference', reference] as const, ['current', current] as const]) {
    if (read === null) return `${name}: expected an object of features or a value, got ${shown(row[name])}`;
  }
  if (!reference && !current) return 'sample: expected "reference" or "current", or a row with reference and current';
  if (reference) take(0, reference);
  if (current) take(1, current);
  return null;
}

function sideOf(cell: unknown): Side | undefined {
  const text = textCell(cell)?.trim().toLowerCase() ?? '';
  if (REFERENCE_TEXTS.has(text)) return 0;
  return CURRENT_TEXTS.has(text) ? 1 : undefined;
}

/** Undefined where there is none: columns of unequal length end in empty cells. */
function observation(cell: unknown): RowRecord | undefined | null {
  if (cell === undefined || cell === null || cell === '') return undefined;
  if (typeof cell === 'object') return Array.isArray(cell) ? null : (cell as RowRecord);
  return { [ONLY_FEATURE]: cell };
}
