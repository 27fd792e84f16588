/** A Markdown table; the first column is text, the others are right-aligned. */
export function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const ruler = header.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(header), line(ruler), ...rows.map(line)].join('\n');
}

/** Milliseconds with two or three significant places. */
export function ms(value) {
  if (!Number.isFinite(value)) return '–';
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** A count with thousands apart, to three significant digits: more would be noise. */
export function count(value) {
  if (!Number.isFinite(value)) return '–';
  return Number(value.toPrecision(3)).toLocaleString('en-GB');
}

export function ratio(value) {
  return Number.isFinite(value) ? `${value.toFixed(value < 10 ? 2 : 1)}×` : '–';
}

/** `.921`, as the literature writes accuracies. */
export function share(value) {
  return value === undefined ? '–' : value.toFixed(3).replace(/^0/, '');
}
