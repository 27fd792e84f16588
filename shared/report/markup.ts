/** Text as it may stand in HTML and SVG, between tags and in attributes in quotes. */
export function escapeMarkup(text: string): string {
  // Characters that XML 1.0 has no way to write would make an SVG unreadable.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const writable = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return writable.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A number for a reader: four significant digits, whole numbers whole, with a thin space between thousands. */
export function showNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(2);
  if (Number.isInteger(value) || size >= 10_000) return grouped(String(Math.round(value)));
  return grouped(Number(value.toPrecision(4)).toString());
}

function grouped(text: string): string {
  const [whole = '', decimals] = text.split('.');
  const parted = whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
  return decimals === undefined ? parted : `${parted}.${decimals}`;
}
