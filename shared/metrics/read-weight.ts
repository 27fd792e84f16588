import { numberCell, shown } from './read-cell.ts';
import type { ColumnSpec } from './task.ts';
import { MAX_WEIGHT } from './weight-cells.ts';

/** A row of weight 0 is taken and counts nowhere. */
export const WEIGHT_COLUMN: ColumnSpec = {
  name: 'weight',
  isRequired: false,
  description: 'How much the row counts, 0 or more; 1 where it is empty.',
  aliases: ['sampleweight', 'weights', 'w'],
};

/** A row's weight, 1 where there is none; a text that says what is wrong with it. */
export function readWeight(cell: unknown): number | string {
  if (cell === undefined || cell === null || cell === '') return 1;
  const weight = numberCell(cell);
  if (weight !== undefined && weight >= 0 && weight <= MAX_WEIGHT) return weight;
  return `weight: expected a number from 0 to ${MAX_WEIGHT}, got ${shown(cell)}`;
}
