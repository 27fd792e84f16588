import { redactText } from '../../shared/core/redact-text.ts';

/** The same value with every text in it redacted; names of fields stay. */
export function redactJson<T>(value: T): T {
  return redacted(value) as T;
}

function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value).text;
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, redacted(field)]));
}
