/** The middle value; for an even count the mean of the two in the middle. NaN for none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Medians over objects of numbers, field by field. */
export function medians(records) {
  const fields = Object.keys(records[0] ?? {});
  return Object.fromEntries(fields.map((field) => [field, median(records.map((record) => record[field]))]));
}
