/** Those that texts have least come first. */
const DELIMITERS = ['\t', ',', ';', '|'];
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
  // Of equals the sign that comes more often.
  const best = scored.reduce((known, next) => {
    const isBetter = next.alike > known.alike || (next.alike === known.alike && next.first > known.first);
    return isBetter ? next : known;
  });
  return best.alike === 0 ? ',' : best.delimiter;
}
