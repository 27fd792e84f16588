import type { Curve, Line } from '../metrics/evaluation.ts';
import { type Axis, axisOver } from './axis.ts';
import { escapeMarkup, showNumber } from './markup.ts';

const WIDTH = 640;
const LEFT = 72;
const RIGHT = 20;
const TOP = 20;
const PLOT_HEIGHT = 320;
const LEGEND_LINE = 24;
/**
 * Okabe and Ito's colours (2008, "Color Universal Design"), which the colour-blind tell apart; the last two darker, as each has to
 * stand out 3 to 1 from light and from dark paper (WCAG 2.2, 1.4.11). Dashes tell them apart in grey.
 */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#a87000', '#2b88c0'];
const DASHES = ['', '9 4', '3 3', '12 4 3 4', '6 2', '2 5'];
/** Of one plot; more can't be told apart. */
export const MAX_LINES = 12;

const STYLE = `.plot{color-scheme:light dark;--ink:#1a1a1a;--faint:#d0d0d0;--soft:#767676;--paper:#fff;font:14px system-ui,sans-serif}
@media(prefers-color-scheme:dark){.plot{--ink:#eee;--faint:#444;--soft:#a0a0a0;--paper:#161616}}
@media(max-width:30rem){.plot{font-size:20px}}
.plot text{fill:var(--ink)}.plot .grid{stroke:var(--faint)}.plot .paper{fill:var(--paper)}.plot .reference{stroke:var(--soft);stroke-dasharray:4 4}.plot path,.plot line{fill:none}`;

/** A curve as SVG that needs nothing else, in light and dark, with words for who can't see it. `id` parts several on one page. */
export function renderPlot(curve: Curve, id = 'plot'): string {
  return renderPlots(curve.title, [curve], id);
}

/** The same with several curves, one below the other. */
export function renderPlots(title: string, curves: readonly Curve[], id = 'plot'): string {
  const drawn = curves.map(drawCurve);
  const height = drawn.reduce((sum, plot) => sum + plot.height, 0);
  const titles = `<title id="${id}-title">${escapeMarkup(title)}</title><desc id="${id}-desc">${escapeMarkup(drawn.map(({ words }) => words).join(' '))}</desc>`;
  let top = 0;
  const placed = drawn.map((plot) => {
    const at = top === 0 ? plot.shapes : `<g transform="translate(0 ${top})">${plot.shapes}</g>`;
    top += plot.height;
    return at;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-desc">${titles}<style>${STYLE}</style><rect class="paper" width="${WIDTH}" height="${height}"/>${placed.join('')}</svg>`;
}

function drawCurve(curve: Curve): { readonly shapes: string; readonly height: number; readonly words: string } {
  const lines = curve.lines.slice(0, MAX_LINES).map(drawable);
  const x = axisOver(lines.flatMap((line) => line.x));
  const y = axisOver(lines.flatMap((line) => [...line.y, ...(line.band?.lower ?? []), ...(line.band?.upper ?? [])]));
  const legendTop = TOP + PLOT_HEIGHT + 64;
  const toX = (value: number) => scale(value, x, LEFT, WIDTH - RIGHT);
  const toY = (value: number) => scale(value, y, TOP + PLOT_HEIGHT, TOP);
  const shapes = lines.map((line, place) => renderLine(line, place, toX, toY)).join('');
  const legend = lines.map((line, place) => renderLegend(line, place, legendTop + place * LEGEND_LINE)).join('');
  return {
    shapes: `${renderAxes(curve, x, y, toX, toY)}${shapes}${legend}`,
    height: legendTop + lines.length * LEGEND_LINE,
    words: describe(curve, lines),
  };
}

/** The points that can be drawn. */
function drawable(line: Line): Line {
  const places = line.x.flatMap((x, place) => (Number.isFinite(x) && Number.isFinite(line.y[place]) ? [place] : []));
  const at = (values: readonly number[]) => places.map((place) => values[place] as number);
  const band = line.band ? { band: { lower: at(line.band.lower), upper: at(line.band.upper) } } : {};
  return { ...line, x: at(line.x), y: at(line.y), ...band };
}

function renderAxes(
  curve: Curve,
  x: Axis,
  y: Axis,
  toX: (value: number) => string,
  toY: (value: number) => string,
): string {
  const bottom = TOP + PLOT_HEIGHT;
  const right = WIDTH - RIGHT;
  const xMarks = x.marks.map(
    (mark) =>
      `<line class="grid" x1="${toX(mark)}" x2="${toX(mark)}" y1="${TOP}" y2="${bottom}"/><text x="${toX(mark)}" y="${bottom + 20}" text-anchor="middle">${showNumber(mark)}</text>`,
  );
  const yMarks = y.marks.map(
    (mark) =>
      `<line class="grid" x1="${LEFT}" x2="${right}" y1="${toY(mark)}" y2="${toY(mark)}"/><text x="${LEFT - 8}" y="${toY(mark)}" dy="0.35em" text-anchor="end">${showNumber(mark)}</text>`,
  );
  const xLabel = `<text x="${(LEFT + right) / 2}" y="${bottom + 42}" text-anchor="middle">${escapeMarkup(curve.xLabel)}</text>`;
  const middle = TOP + PLOT_HEIGHT / 2;
  const yLabel = `<text x="16" y="${middle}" text-anchor="middle" transform="rotate(-90 16 ${middle})">${escapeMarkup(curve.yLabel)}</text>`;
  return [...xMarks, ...yMarks, xLabel, yLabel].join('');
}

function renderLine(line: Line, place: number, toX: (value: number) => string, toY: (value: number) => string): string {
  const band = line.band ? renderBand(line, line.band, place, toX, toY) : '';
  if (line.isReference) return `<path class="reference" d="${pathOf(line.x, line.y, toX, toY)}"/>`;
  const { colour, dashes } = inkOf(place);
  // A line of one point has no length.
  const [x, y] = [line.x[0], line.y[0]];
  if (line.x.length === 1 && x !== undefined && y !== undefined)
    return `${band}<circle fill="${colour}" r="4" cx="${toX(x)}" cy="${toY(y)}"/>`;
  return `${band}<path stroke="${colour}" stroke-width="2.5" stroke-linejoin="round"${dashes} d="${pathOf(line.x, line.y, toX, toY)}"/>`;
}

function renderBand(
  line: Line,
  { lower, upper }: NonNullable<Line['band']>,
  place: number,
  toX: (value: number) => string,
  toY: (value: number) => string,
): string {
  const there = pathOf(line.x, upper, toX, toY);
  const back = pathOf([...line.x].reverse(), [...lower].reverse(), toX, toY).replace('M', 'L');
  if (there === '' || back === '') return '';
  return `<path style="fill:${inkOf(place).colour}" fill-opacity="0.18" d="${there}${back}Z"/>`;
}

function pathOf(
  xs: readonly number[],
  ys: readonly number[],
  toX: (value: number) => string,
  toY: (value: number) => string,
): string {
  let path = '';
  for (const [place, x] of xs.entries()) {
    const y = ys[place];
    if (y === undefined || !Number.isFinite(x) || !Number.isFinite(y)) continue;
    path += `${path === '' ? 'M' : 'L'}${toX(x)} ${toY(y)}`;
  }
  return path;
}

function renderLegend(line: Line, place: number, top: number): string {
  const { colour, dashes } = inkOf(place);
  const stroke = line.isReference ? 'class="reference"' : `stroke="${colour}" stroke-width="2.5"${dashes}`;
  return `<line ${stroke} x1="${LEFT}" x2="${LEFT + 36}" y1="${top}" y2="${top}"/><text x="${LEFT + 46}" y="${top}" dy="0.35em">${escapeMarkup(line.name)}</text>`;
}

function inkOf(place: number): { readonly colour: string; readonly dashes: string } {
  const dash = DASHES[place % DASHES.length] as string;
  return {
    colour: COLOURS[place % COLOURS.length] as string,
    dashes: dash === '' ? '' : ` stroke-dasharray="${dash}"`,
  };
}

function describe(curve: Curve, lines: readonly Line[]): string {
  const each = lines
    .filter(({ x }) => x.length > 0)
    .map((line) => {
      const last = line.x.length - 1;
      const [x0, x1, y0, y1] = [line.x[0], line.x[last], line.y[0], line.y[last]].map((value) =>
        showNumber(value ?? 0),
      );
      const middle = Math.floor(last / 2);
      const half = `${showNumber(line.y[middle] ?? 0)} at ${showNumber(line.x[middle] ?? 0)}`;
      return `${line.name}: ${y0} at ${x0}, ${half}, ${y1} at ${x1}.`;
    });
  return `${curve.yLabel} by ${curve.xLabel}. ${each.join(' ')}`;
}

function scale(value: number, axis: Axis, start: number, end: number): string {
  const share = (value - axis.from) / (axis.to - axis.from);
  return (start + share * (end - start)).toFixed(1);
}
