import type { Curve, Evaluation, IntervalOptions, SliceColumn, Table } from '../../shared/metrics/evaluation.ts';
import type { Metric, Metrics } from '../../shared/metrics/metric.ts';
import { escapeMarkup, showNumber } from '../../shared/report/markup.ts';
import { renderPlot } from '../../shared/report/plot.ts';
import type { Result } from './show.ts';

/** Figures that the tables of slices show, where there is no room for all. */
const SLICE_METRICS = 6;
/** Points of each line that the table beside a plot has. */
const PLOT_POINTS = 11;

const STYLE = `
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--line:#bbb;--soft:#f3f3f3;--mark:#7a4a00;--focus:#0060a0}
@media(prefers-color-scheme:dark){:root{--ink:#eee;--paper:#161616;--line:#555;--soft:#242424;--mark:#ffcf70;--focus:#7cc4ff}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;line-height:1.2}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}
.summary{font-size:1.2rem;background:var(--soft);padding:.75rem 1rem;border-radius:.5rem}.summary p{margin:.25rem 0}
.summary p+p{font-size:1rem}
.scroll{overflow-x:auto;position:relative}
table{border-collapse:collapse;min-width:50%;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
th{text-align:left;min-width:5.5rem}td.number{text-align:right;white-space:nowrap}thead th{background:var(--soft)}
.reason{color:var(--mark)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
summary{cursor:pointer;padding:.25rem 0}
figure{margin:1.5rem 0}svg{width:100%;height:auto;max-width:44rem;display:block}
figcaption{font-weight:600}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
@media print{body{max-width:none}figure{break-inside:avoid}}`;

/** What stands for no figure: a dash to the eye, a word to the ear. */
const NOTHING = '<td class="number"><span aria-hidden="true">–</span><span class="unseen">none</span></td>';

/** The evaluation as one page of HTML: nothing is fetched and no script runs, so it opens offline and can be mailed. */
export function renderReport(result: Result): string {
  const { evaluation } = result;
  const title = `Evaluation: ${result.task}`;
  const parts = [
    renderSummary(evaluation),
    renderGates(result),
    renderWarnings(result),
    section('Figures', metricsTable('All rows', evaluation.metrics, result.intervals)),
    renderComparison(result),
    plots(evaluation),
    tables(evaluation.tables),
    slices(evaluation.slices),
    section('How it was made', facts(result)),
  ];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeMarkup(title)}</title><style>${STYLE}</style></head><body><main><h1>${escapeMarkup(title)}</h1>${parts.join('')}</main></body></html>`;
}

function section(title: string, content: string): string {
  return content === '' ? '' : `<section><h2>${escapeMarkup(title)}</h2>${content}</section>`;
}

function renderSummary({ summary = [] }: Evaluation): string {
  if (summary.length === 0) return '';
  return `<div class="summary">${summary.map((sentence) => `<p>${escapeMarkup(sentence)}</p>`).join('')}</div>`;
}

function renderWarnings({ evaluation, rows }: Result): string {
  const rejected =
    rows.rejected === 0 ? [] : [`${rows.rejected} of ${rows.read} rows were rejected; they count nowhere.`];
  const warnings = [...rejected, ...evaluation.warnings];
  if (warnings.length === 0) return '';
  return section(
    'Before you use this',
    `<ul>${warnings.map((warning) => `<li>${escapeMarkup(warning)}</li>`).join('')}</ul>`,
  );
}

function renderGates({ gates }: Result): string {
  if (!gates) return '';
  const body = gates.checks.map(
    ({ outcome, reason }) => `<tr><th scope="row">${outcome}</th><td>${escapeMarkup(reason)}</td></tr>`,
  );
  return section(
    'Gates',
    `<p><strong>${escapeMarkup(gates.summary)}</strong></p>${table('Checks', ['Outcome', 'Why'], body)}`,
  );
}

/** What two models come to beside each other; the candidate's own figures are above. */
function renderComparison({ comparison, models = [], intervals }: Result): string {
  if (!comparison) return '';
  const baseline = models.find(({ evaluation }) => evaluation !== undefined);
  const own = baseline?.evaluation?.metrics ?? {};
  const compared = section(
    'The comparison',
    metricsTable('Both models on the same rows', comparison.metrics, intervals) +
      Object.values(comparison.tables ?? {})
        .map(plainTable)
        .join(''),
  );
  return (
    compared +
    section(`Figures of the baseline, ${baseline?.name}@${baseline?.version}`, metricsTable('All rows', own, intervals))
  );
}

function metricsTable(title: string, metrics: Metrics, intervals: IntervalOptions): string {
  const entries = Object.entries(metrics);
  if (entries.length === 0) return '';
  const level = `${showNumber(intervals.level * 100)} % interval`;
  const body = entries.map(
    ([name, metric]) =>
      `<tr><th scope="row">${escapeMarkup(inWords(name))}</th>${valueCell(metric)}<td class="number">${intervalText(metric)}</td><td>${escapeMarkup(noteOf(metric))}</td></tr>`,
  );
  return table(title, ['Figure', 'Value', level, 'How'], body);
}

function valueCell(metric: Metric): string {
  if (metric.value !== null) return `<td class="number">${showNumber(metric.value)}</td>`;
  return `<td class="reason">none: ${escapeMarkup(metric.reason ?? 'it cannot be worked out')}</td>`;
}

function intervalText({ interval }: Metric): string {
  return interval ? `${showNumber(interval[0])} to ${showNumber(interval[1])}` : '';
}

function noteOf({ intervalMethod, errorBound }: Metric): string {
  const bound = errorBound === undefined ? [] : [`value right within ${showNumber(errorBound)}`];
  return [...(intervalMethod === undefined ? [] : [intervalMethod]), ...bound].join('; ');
}

function plots({ curves = {} }: Evaluation): string {
  const figures = Object.entries(curves).map(
    ([, curve], place) =>
      `<figure><figcaption>${escapeMarkup(curve.title)}</figcaption>${renderPlot(curve, `plot-${place}`)}${plotTable(curve)}</figure>`,
  );
  return section('Plots', figures.join(''));
}

/** Points of the plot for who can't see it, or wants the numbers. */
function plotTable(curve: Curve): string {
  const { lines } = curve;
  const hasBand = lines.some(({ band }) => band !== undefined);
  const body = lines.flatMap((line) =>
    thinnedPlaces(line.x.length).map((place) => {
      const values = [line.x[place], line.y[place]];
      const cells = hasBand ? [...values, line.band?.lower[place], line.band?.upper[place]] : values;
      return `<tr>${[line.name, ...cells].map((cell, column) => plainCell(cell ?? null, column)).join('')}</tr>`;
    }),
  );
  if (body.length === 0) return '';
  const columns = ['line', curve.xLabel, curve.yLabel, ...(hasBand ? ['from', 'to'] : [])];
  return `<details><summary>The plot as a table</summary>${table(`Points of: ${curve.title}`, columns, body)}</details>`;
}

/** At most `PLOT_POINTS` places of so many, even apart, with both ends. */
function thinnedPlaces(length: number): number[] {
  const points = Math.min(length, PLOT_POINTS);
  return Array.from({ length: points }, (_, i) => Math.round((i * (length - 1)) / Math.max(1, points - 1)));
}

function tables(all: Evaluation['tables'] = {}): string {
  return section('Tables', Object.values(all).map(plainTable).join(''));
}

function plainTable({ title, columns, rows }: Table): string {
  const body = rows.map((row) => `<tr>${row.map((cell, place) => plainCell(cell, place)).join('')}</tr>`);
  return table(title, columns.map(inWords), body);
}

function plainCell(cell: string | number | null, place: number): string {
  if (place === 0) return `<th scope="row">${cell === null ? '' : escapeMarkup(showCell(cell))}</th>`;
  if (cell === null) return NOTHING;
  return `<td${typeof cell === 'number' ? ' class="number"' : ''}>${escapeMarkup(showCell(cell))}</td>`;
}

function showCell(cell: string | number): string {
  return typeof cell === 'number' ? showNumber(cell) : cell;
}

function slices(all: readonly SliceColumn[] = []): string {
  return all.map((column) => section(`By ${column.column}`, sliceTable(column))).join('');
}

function sliceTable({ column, values }: SliceColumn): string {
  const names = sliceMetrics(values);
  const body = values.map(({ value, rows, evaluation }) => {
    const cells = names.map((name) => sliceCell(evaluation.metrics[name]));
    return `<tr><th scope="row">${escapeMarkup(value)}</th><td class="number">${showNumber(rows)}</td>${cells.join('')}</tr>`;
  });
  return table(`Each value of ${column}`, [column, 'rows', ...names.map(inWords)], body);
}

/** Figures with an interval before those without, as slices are small. */
function sliceMetrics(values: SliceColumn['values']): string[] {
  const all = [...new Set(values.flatMap(({ evaluation }) => Object.keys(evaluation.metrics)))];
  const isSure = (name: string) => values.some(({ evaluation }) => evaluation.metrics[name]?.interval !== undefined);
  return [...all.filter(isSure), ...all.filter((name) => !isSure(name))].slice(0, SLICE_METRICS);
}

function sliceCell(metric: Metric | undefined): string {
  if (!metric || metric.value === null) return NOTHING;
  const interval = intervalText(metric);
  return `<td class="number">${showNumber(metric.value)}${interval === '' ? '' : ` <small>(${interval})</small>`}</td>`;
}

function facts({ id, rows, columns, settings, intervals, models = [], dataset }: Result): string {
  const mapping = Object.entries(columns).map(([name, column]) => (name === column ? name : `${name} from ${column}`));
  const said: readonly (readonly [string, string])[] = [
    ...(id === undefined ? [] : [['Evaluation', id] as const]),
    ...models.map(
      ({ role, name, version }) => [models.length > 1 ? inWords(role) : 'Model', `${name}@${version}`] as const,
    ),
    ...(dataset ? [['Dataset', `${dataset.name}, version ${dataset.version}, split ${dataset.split}`] as const] : []),
    ['Rows', `${showNumber(rows.read)} read, ${showNumber(rows.rejected)} rejected`],
    ['Columns', mapping.join(', ') || 'as the task names them'],
    ['Settings', JSON.stringify(settings)],
    [
      'Intervals',
      intervals.method === 'none' ? 'none' : `${intervals.method}, ${intervals.draws} draws, seed ${intervals.seed}`,
    ],
  ];
  const list = said.map(([name, text]) => `<dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(text)}</dd>`);
  const rejected = rows.firstRejected.map(
    ({ line, reason, key }) =>
      `<tr><th scope="row">${key === undefined ? '' : `${escapeMarkup(key)}, `}${line}</th><td>${escapeMarkup(reason)}</td></tr>`,
  );
  return `<dl>${list.join('')}</dl>${rejected.length === 0 ? '' : table('The first rejected rows', ['Line', 'Why'], rejected)}`;
}

/**
 * A table that scrolls by itself where the page is narrow, which the keyboard can do as well. A group rather than a region: as many
 * landmarks as tables would be no landmarks.
 */
function table(caption: string, columns: readonly string[], body: readonly string[]): string {
  const head = columns.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join('');
  const label = escapeMarkup(caption);
  return `<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table><caption>${label}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** `rocAuc` as `roc auc`, `ndcg@10` as `ndcg @ 10`, `conversionsPValue:Mail` as `conversions p-value: Mail`. */
function inWords(name: string): string {
  const [figure = '', ...of] = name.split(':');
  const words = figure
    .replace(/pValue/i, ' p-value')
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`)
    .replace(/([a-z])(\d+)/g, '$1 $2')
    .replace('@', ' @ ')
    .trim();
  return of.length === 0 ? words : `${words}: ${of.join(':')}`;
}
