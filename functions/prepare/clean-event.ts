import { hash53 } from '../../shared/core/hash-53.ts';
import { ok, type Result } from '../../shared/core/result.ts';
import type { CleanRow } from './clean-row.ts';

/** An event as a row of interactions; events are checked where they are collected. */
export function cleanEventRow(fields: Readonly<Record<string, string>>): Result<CleanRow, string> {
  const { eventId = '', user = '', itemId = '', type = '', at = '', value } = fields;
  return ok({
    record: { user, itemId, type, at, ...(value === undefined ? {} : { value: Number(value) }) },
    label: null,
    key: hash53(eventId),
    language: 0,
    length: 0,
    group: hash53(user),
    time: Date.parse(at),
    sketch: null,
    changes: [],
  });
}
