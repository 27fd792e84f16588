import type { z } from 'zod';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { parseWith } from '../../shared/http/body.ts';
import type { RejectedRow } from './contract.ts';

/** Rows of a request, each judged by itself. */
export interface JudgedRows<T> {
  readonly good: readonly T[];
  readonly duplicates: number;
  readonly rejected: readonly RejectedRow[];
}

/** Parses rows one by one. Of rows with the same id the first counts. */
export function judgeRows<S extends z.ZodType, T>(
  rows: readonly unknown[],
  schema: S,
  idOf: (row: z.output<S>) => string,
  accept: (row: z.output<S>) => Result<T, string>,
): JudgedRows<T> {
  const good: T[] = [];
  const rejected: RejectedRow[] = [];
  const ids = new Set<string>();
  let duplicates = 0;
  for (const [index, row] of rows.entries()) {
    const parsed = parseRow(schema, row);
    const id = parsed.ok ? idOf(parsed.value) : idIn(row);
    if (parsed.ok && ids.has(idOf(parsed.value))) {
      duplicates++;
      continue;
    }
    const accepted = parsed.ok ? accept(parsed.value) : parsed;
    if (!accepted.ok) {
      rejected.push({ index, ...(id === undefined ? {} : { id }), reason: accepted.failure });
      continue;
    }
    if (id !== undefined) ids.add(id);
    good.push(accepted.value);
  }
  return { good, duplicates, rejected };
}

function parseRow<S extends z.ZodType>(schema: S, row: unknown): Result<z.output<S>, string> {
  const parsed = parseWith(schema, row, 'it');
  return parsed.ok ? ok(parsed.value) : fail(parsed.failure.detail);
}

/** The id of a row that is wrong otherwise, so that its sender finds it. */
function idIn(row: unknown): string | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  for (const name of ['eventId', 'itemId', 'feedbackId']) {
    const id: unknown = Reflect.get(row, name);
    if (typeof id === 'string' && id.length <= 256) return id;
  }
  return undefined;
}
