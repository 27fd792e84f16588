import { shown, textCell } from '../read-cell.ts';

/** Different labels from a list, its JSON text, or a text parted by |; an object with what is wrong. */
export function readLabels(column: string, cell: unknown): ReadonlySet<string> | { readonly wrong: string } {
  const list = typeof cell === 'string' ? split(cell) : cell;
  const labels = Array.isArray(list) ? list.map(textCell) : undefined;
  if (labels === undefined || labels.includes(undefined)) {
    return { wrong: `${column}: expected a list of labels, got ${shown(cell)}` };
  }
  return new Set(labels as string[]);
}

function split(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  if (!trimmed.startsWith('[')) return trimmed.split('|').map((label) => label.trim());
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}
