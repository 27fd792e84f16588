import { numberCell, shown, textCell } from '../read-cell.ts';
import type { RowRecord } from '../task.ts';

/** One query's answer and what would have been right. */
export interface RankingRow {
  /** Gains above 0 by item. */
  readonly relevant: ReadonlyMap<string, number>;
  /** The best first, without repetition, cut at the greatest depth. */
  readonly ranked: readonly string[];
}

/** With exponential gains, larger ones would overflow. */
export const MAX_GAIN = 1_000;
const MAX_SHOWN_CHARACTERS = 40;

/**
 * `relevant` is a list of ids, whose gains are 1, or an object of gains by id; `ranked` is a list of ids. In CSV both are JSON or
 * ids with `|` between them. A text where the row is wrong.
 */
export function readRankingRow(row: RowRecord, depth: number): RankingRow | string {
  const relevant = readRelevant(unpacked(row['relevant']));
  if (typeof relevant === 'string') return relevant;
  const ranked = readRanked(unpacked(row['ranked']), depth);
  if (typeof ranked === 'string') return ranked;
  return { relevant, ranked };
}

/** What a CSV cell stands for; everything else as it is. */
function unpacked(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  const text = cell.trim();
  if (text === '') return [];
  if (!text.startsWith('[') && !text.startsWith('{')) return text.split('|').map((id) => id.trim());
  try {
    return JSON.parse(text);
  } catch {
    return cell;
  }
}

function readRelevant(cell: unknown): Map<string, number> | string {
  if (typeof cell !== 'object' || cell === null) {
    return `relevant: expected a list of ids or an object of gains by id, got ${shown(cell)}`;
  }
  const relevant = new Map<string, number>();
  if (Array.isArray(cell)) {
    for (const each of cell) {
      const id = textCell(each);
      if (id === undefined) return `relevant: expected ids, got ${shown(each)}`;
      relevant.set(id, 1);
    }
    return relevant;
  }
  for (const [id, each] of Object.entries(cell)) {
    const gain = numberCell(each);
    if (gain === undefined || gain < 0 || gain > MAX_GAIN) {
      return `relevant.${id.slice(0, MAX_SHOWN_CHARACTERS)}: expected a gain from 0 to ${MAX_GAIN}, got ${shown(each)}`;
    }
    if (gain > 0) relevant.set(id, gain);
  }
  return relevant;
}

function readRanked(cell: unknown, depth: number): string[] | string {
  if (!Array.isArray(cell)) return `ranked: expected a list of ids, got ${shown(cell)}`;
  const ranked: string[] = [];
  const seen = new Set<string>();
  for (const each of cell.slice(0, depth)) {
    const id = textCell(each);
    if (id === undefined) return `ranked: expected ids, got ${shown(each)}`;
    if (seen.has(id)) return `ranked: ${shown(id)} is there twice`;
    seen.add(id);
    ranked.push(id);
  }
  return ranked;
}
