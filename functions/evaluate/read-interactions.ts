import { hash53 } from '../../shared/core/hash-53.ts';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { shown, textCell } from '../../shared/metrics/read-cell.ts';
import type { HistoryEvent } from '../../shared/model/history-weights.ts';
import type { Line } from './read-lines.ts';

/** What a user of the piece did: before, and in the split that is held out. */
export interface UserRecord {
  readonly before: Interaction[];
  readonly after: Interaction[];
}

type Interaction = HistoryEvent & { readonly atMs: number };

/** Which users are of a piece: of `of` pieces the one at `place`. */
export interface UserShare {
  readonly place: number;
  readonly of: number;
}

/** Whose interaction a line tells; null where the user is of another piece, a text where it tells none. */
export function readInteraction(
  line: Line,
  { place, of }: UserShare,
): Result<{ readonly user: string; readonly event: Interaction } | null, string> {
  if ('unreadable' in line) return place === 0 ? fail(line.unreadable) : ok(null);
  const { row } = line;
  const user = textCell(row['user']);
  // A row of nobody is told once, by the first piece.
  if (user === undefined) return place === 0 ? fail(`user: expected an id, got ${shown(row['user'])}`) : ok(null);
  if (hash53(user) % of !== place) return ok(null);
  const [itemId, type] = [textCell(row['itemId']), textCell(row['type'])];
  const atMs = momentOf(row['at']);
  if (itemId === undefined) return fail(`itemId: expected an id, got ${shown(row['itemId'])}`);
  if (Number.isNaN(atMs)) return fail(`at: expected a moment, got ${shown(row['at'])}`);
  return ok({ user, event: { itemId, atMs, ...(type === undefined ? {} : { type }) } });
}

function momentOf(cell: unknown): number {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : Number.NaN;
  return typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
}
