import type { Report } from './report.ts';

const STYLE = `:root{color-scheme:light dark;--line:#8884;--bar:#4a7fb5}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;overflow-wrap:anywhere}h2{margin-top:2rem;font-size:1.15rem;border-bottom:1px solid var(--line)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2rem .6rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}svg{display:block}.note{border-left:.25rem solid #d9822b;padding-left:.75rem}`;

const MAX_LABELS_SHOWN = 50;
const BAR_WIDTH = 160;

/** The report as one page that needs nothing else: tables, and a bar beside each count. */
export function renderReport(report: Report): string {
  const title = `Dataset ${report.name}, version ${report.version}`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${text(title)}</title><style>${STYLE}</style></head><body><header><h1>${text(title)}</h1><p>${text(summary(report))}</p></header><main>${[
    ...report.warnings.map((warning) => `<p class="note">${text(warning)}</p>`),
    section('Splits', bars(Object.entries(report.splits).map(([name, rows]) => ({ name, rows })))),
    section('Labels', labels(report)),
    section('Dropped', reasons(report.dropped, 'Nothing was dropped.')),
    section('Changed', reasons(report.changed, 'Nothing was changed.')),
    section('Languages', bars(report.languages)),
    section('Lengths in characters', bars(report.lengths)),
    section('Against the version before', drift(report)),
    section('Where it comes from', facts({ ...report.source, ...columnFacts(report), content: report.contentSha256 })),
  ].join('')}</main></body></html>`;
}

function summary({ rows, conflicts, together, createdAt }: Report): string {
  const near =
    together.groups > 0 ? ` ${count(together.rows)} rows stay together in ${count(together.groups)} groups.` : '';
  const told =
    conflicts.texts > 0
      ? ` ${count(conflicts.texts)} texts came with several labels; ${count(conflicts.settled)} were settled.`
      : '';
  return `${count(rows.kept)} of ${count(rows.read)} rows were kept, ${count(rows.dropped)} dropped.${told}${near} Made ${createdAt}.`;
}

function labels({ labels: all }: Report): string {
  if (all.length === 0) return '';
  const shown = all.slice(0, MAX_LABELS_SHOWN);
  const most = Math.max(...shown.map(({ rows }) => rows));
  const lines = shown.map(({ label, rows, train, validation, test }) =>
    row([text(label), bar(rows / most), number(rows), number(train), number(validation), number(test)]),
  );
  const more = all.length > shown.length ? `<p>and ${count(all.length - shown.length)} more</p>` : '';
  return table(['Label', '', 'Rows', 'Train', 'Validation', 'Test'], lines) + more;
}

function bars(counts: readonly { readonly name: string; readonly rows: number }[]): string {
  const all = counts.reduce((sum, { rows }) => sum + rows, 0);
  if (all === 0) return '';
  const most = Math.max(...counts.map(({ rows }) => rows));
  const lines = counts.map(({ name, rows }) =>
    row([text(name), bar(rows / most), number(rows), `<span class="n">${((100 * rows) / all).toFixed(1)} %</span>`]),
  );
  return table(['', '', 'Rows', 'Share'], lines);
}

function reasons(counted: Report['dropped'], none: string): string {
  if (counted.length === 0) return `<p>${none}</p>`;
  return table(
    ['What', 'Rows', 'First lines'],
    counted.map(({ reason, rows, lines }) => row([text(reason), number(rows), text(lines.join(', '))])),
  );
}

function drift({ drift: found }: Report): string {
  if (found === null) return '<p>This is the first version.</p>';
  const lines = found.features.map(({ name, psi, chiSquare, pValue, hasDrifted }) =>
    row([
      text(name),
      hasDrifted ? 'yes' : 'no',
      psi.toFixed(3),
      chiSquare.toFixed(1),
      pValue < 1e-4 ? '&lt; 0.0001' : pValue.toFixed(4),
    ]),
  );
  const changed = [
    ...(found.newLabels.length > 0 ? [`New labels: ${found.newLabels.join(', ')}.`] : []),
    ...(found.goneLabels.length > 0 ? [`Labels that are gone: ${found.goneLabels.join(', ')}.`] : []),
  ];
  return `<p>${text(`Before: ${found.previous}. ${changed.join(' ')}`)}</p>${table(['', 'Drifted', 'Stability index', 'Chi-square', 'p'], lines)}`;
}

function columnFacts({ columns }: Report): Record<string, string> {
  return Object.fromEntries(
    Object.entries(columns).map(([role, column]) => [`column ${role}`, [column].flat().join(', ')]),
  );
}

function facts(values: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return table(
    ['', ''],
    told.map(([name, value]) => row([text(name), text(String(value === '\t' ? 'tab' : value))])),
  );
}

function section(title: string, content: string): string {
  return content === '' ? '' : `<section><h2>${text(title)}</h2>${content}</section>`;
}

function table(head: readonly string[], rows: readonly string[]): string {
  const names = head.some((name) => name !== '')
    ? `<tr>${head.map((name) => `<th>${text(name)}</th>`).join('')}</tr>`
    : '';
  return `<div class="wide"><table>${names}${rows.join('')}</table></div>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function bar(share: number): string {
  const width = Math.max(1, Math.round(share * BAR_WIDTH));
  return `<svg width="${BAR_WIDTH}" height="12" role="img" aria-label="${Math.round(share * 100)} % of the largest"><rect width="${width}" height="12" rx="2" fill="var(--bar)"/></svg>`;
}

function number(value: number): string {
  return `<span class="n">${count(value)}</span>`;
}

/** A whole number with a thin space between thousands. */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

function text(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
