/** A finite number from JSON or a CSV cell; undefined where it is none (empty cells included). */
export function numberCell(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** A label or an id from JSON or a CSV cell, numbers and truth values as their text; undefined where there is none. */
export function textCell(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

const TRUE_TEXTS = new Set(['1', 'true', 'yes', 'y', 't']);
const FALSE_TEXTS = new Set(['0', 'false', 'no', 'n', 'f']);

/** 1 or 0 from a truth value, the numbers 1 and 0, or the usual texts for them; undefined for anything else. */
export function binaryCell(value: unknown): 0 | 1 | undefined {
  if (value === 1 || value === true) return 1;
  if (value === 0 || value === false) return 0;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  if (TRUE_TEXTS.has(text)) return 1;
  return FALSE_TEXTS.has(text) ? 0 : undefined;
}

/** An object from JSON, or from its text in a CSV cell; undefined for anything else. */
export function objectCell(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const held = typeof value === 'string' ? parsed(value) : value;
  const isObject = typeof held === 'object' && held !== null && !Array.isArray(held);
  return isObject ? (held as Readonly<Record<string, unknown>>) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Shows a cell in a message, cut short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
