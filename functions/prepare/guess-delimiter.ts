const DELIMITERS = [',', ';', '\t', '|'];
/** Lines of the beginning that are looked at. */
const MAX_LINES = 40;

/** What parts the fields of CSV: the sign that comes equally often in most of the first lines, outside of quotes. */
export function guessDelimiter(text: string): string {
  const lines = text
    .split('\n', MAX_LINES)
    .map((line) => line.replace(/"[^"]*"/g, ''))
    .filter((line) => line.trim() !== '');
  const scored = DELIMITERS.map((delimiter) => {
    const counts = lines.map((line) => line.split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    const alike = first === 0 ? 0 : counts.filter((count) => count === first).length;
    return { delimiter, alike, first };
  });
  // Of equals the sign that comes more often; else the usual one, which comes first.
  return scored.reduce((best, next) =>
    next.alike > best.alike || (next.alike === best.alike && next.first > best.first) ? next : best,
  ).delimiter;
}
