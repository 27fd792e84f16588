const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** Numbers from here on are milliseconds since 1970 (1973 on), below seconds (until 5138); smaller ones than the latter are no times. */
const LEAST_MILLISECONDS = 1e11;
const LEAST_SECONDS = 1e8;
const MOST_MILLISECONDS = 253_402_300_800_000;

/** What a message says is expected. */
export const TIME_EXPECTED = 'a date such as 2026-05-31, a time such as 2026-05-31T10:00:00Z, or seconds since 1970';

/**
 * Milliseconds since 1970 from an ISO 8601 date or date and time (RFC 3339; without a zone it is UTC), or from a number of seconds or
 * milliseconds since 1970; undefined for anything else, dates that are not in the calendar included.
 */
export function timeCell(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isInCalendar = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day && year >= 1970;
  if (!isInCalendar || hour > 23 || minute > 59 || second > 60) return undefined;
  return midnight.getTime() + (hour * 3_600 + minute * 60 + second) * 1_000 - offsetMilliseconds(found[7]);
}

function fromNumber(value: number): number | undefined {
  if (value >= LEAST_MILLISECONDS) return value < MOST_MILLISECONDS ? value : undefined;
  return value >= LEAST_SECONDS ? value * 1_000 : undefined;
}

function offsetMilliseconds(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
