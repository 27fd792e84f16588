import type { Evaluation, Table } from '../evaluation.ts';
import { type Metric, metricOf } from '../metric.ts';
import { numberCell, shown, textCell } from '../read-cell.ts';
import type { RowRecord, SavedState, StateSize, Task, TaskState } from '../task.ts';
import {
  type AttributedSale,
  type AttributedTotal,
  type AttributionSettings,
  attributeSales,
  attributionTotals,
} from './attribution.ts';
import { AttributionLog, type AttributionLogLimits, type AttributionRow } from './attribution-log.ts';
import { MAX_SUMMED } from './moments.ts';
import { inWords } from './numbers-in-words.ts';

export interface AttributionTaskSettings {
  /** Which of several touches a sale goes to. */
  readonly touch: 'first' | 'last';
  /** Days after a click in which a sale may come. */
  readonly clickWindowDays: number;
  /** Days after a mere view; 0 leaves views out (no view-through). */
  readonly viewWindowDays: number;
  /** Whether the sale must be of the item that was touched. */
  readonly sameItem: boolean;
}

export const DEFAULT_ATTRIBUTION_TASK_SETTINGS: AttributionTaskSettings = {
  touch: 'last',
  clickWindowDays: 7,
  viewWindowDays: 1,
  sameItem: false,
};

const DAY_MS = 86_400_000;
/** Together under 80 MB, the attributed sales included: a Worker has 128 MB. */
const WHOLE: AttributionLogLimits = { rows: 100_000, texts: 100_000 };
const SLICE: AttributionLogLimits = { rows: 2_000, texts: 2_000 };
const MAX_CHARACTERS = 256;
/** Recommendations and channels that a table names. */
const MAX_NAMED = 100;
const NOTHING = '(nothing)';
const UNNAMED = '(not said)';

/**
 * Which touches sales followed: by the recommendation that a sale names itself, else the first or last click of the customer within
 * a window, else a view within its own. An event counts once by its `eventId`. That a sale followed a touch is no effect; the
 * summary says so.
 *
 * Edge cases: no sales: the shares are null; a sale without customer goes to nothing unless it names a recommendation. Where there is
 * more than fits into memory, an even sample of the customers is kept, and a warning says so.
 */
export const attributionTask: Task<AttributionTaskSettings> = {
  name: 'attribution',
  columns: [
    column('kind', true, 'What it is: click, view or sale.', 'type', 'event', 'eventtype'),
    column('at', true, 'When: a moment as ISO 8601, or milliseconds since 1970.', 'date', 'time', 'timestamp'),
    column('userId', false, 'The customer; touches need one.', 'customerid', 'user', 'customer'),
    column('eventId', false, 'One that comes again counts once; sales need it.', 'id', 'orderid', 'order'),
    column('revenue', false, 'Of a sale: what it brought.', 'value', 'amount', 'spend'),
    column('recommendationId', false, 'The recommendation that was touched or that the sale names.', 'recommendation'),
    column('origin', false, 'What made the recommendation: an arm or a model.', 'arm', 'model'),
    column('channel', false, 'Where the touch was: mail, shop …', 'medium'),
    column('itemId', false, 'What was touched or sold.', 'item', 'product', 'sku'),
  ],
  start: (settings, size) => new AttributionState(settings, size),
  restore: (settings, size, saved) => new AttributionState(settings, size, saved),
};

function column(name: string, isRequired: boolean, description: string, ...aliases: string[]) {
  return { name, isRequired, description, aliases };
}

class AttributionState implements TaskState {
  readonly #settings: AttributionTaskSettings;
  readonly #log: AttributionLog;

  constructor(settings: AttributionTaskSettings, size: StateSize, saved?: SavedState) {
    this.#settings = settings;
    this.#log = new AttributionLog(size === 'whole' ? WHOLE : SLICE, saved);
  }

  add(row: RowRecord): string | null {
    const read = readRow(row);
    if (typeof read === 'string') return read;
    this.#log.add(read);
    return null;
  }

  merge(later: TaskState): void {
    this.#log.merge((later as AttributionState).#log);
  }

  save(): SavedState {
    return this.#log.save();
  }

  evaluate(): Evaluation {
    const settings = inMilliseconds(this.#settings);
    const attributed: AttributedSale[] = [];
    const touches = { click: 0, view: 0 };
    for (const customer of this.#log.byCustomer()) {
      for (const { kind } of customer.touches) touches[kind] += 1;
      if (customer.sales.length > 0) attributed.push(...attributeSales(customer.touches, customer.sales, settings));
    }
    const [all = NO_SALES] = attributionTotals(attributed, () => '');
    const followed = attributed.filter(({ through }) => through !== null);
    const [found = NO_SALES] = attributionTotals(followed, () => '');
    const through = (how: AttributedSale['through']) => ({
      value: followed.filter((each) => each.through === how).length,
    });
    const metrics: Record<string, Metric> = {
      sales: { value: all.sales },
      revenue: { value: all.revenue },
      attributedSales: { value: found.sales },
      attributedRevenue: { value: found.revenue },
      attributedShare: metricOf(found.sales / all.sales, 'there are no sales'),
      attributedRevenueShare: metricOf(found.revenue / all.revenue, 'there is no revenue'),
      salesByOwnId: through('sale'),
      salesByClick: through('click'),
      salesByView: through('view'),
      clicks: { value: touches.click },
      views: { value: touches.view },
    };
    return {
      metrics,
      summary: [this.#sentence(all, found), NO_EFFECT],
      tables: this.#tables(attributed, all),
      warnings: this.#warnings(),
    };
  }

  #sentence(all: AttributedTotal, found: AttributedTotal): string {
    if (all.sales === 0) return 'There were no sales, so that none could be attributed.';
    const { touch, clickWindowDays, viewWindowDays, sameItem } = this.#settings;
    const view = viewWindowDays > 0 ? ` or ${days(viewWindowDays)} of a view` : '';
    const share = (part: number, whole: number) => (whole > 0 ? ` (${((100 * part) / whole).toFixed(1)} %)` : '');
    const sales = `${inWords(found.sales, 0)} of ${inWords(all.sales, 0)} sales${share(found.sales, all.sales)}`;
    const revenue = `${inWords(found.revenue, 2)} of ${inWords(all.revenue, 2)} in revenue${share(found.revenue, all.revenue)}`;
    const item = sameItem ? ', of the same item,' : '';
    return `${sales} and ${revenue} followed a recommendation or a channel${item} within ${days(clickWindowDays)} of a click${view}, by ${touch} touch.`;
  }

  #tables(attributed: readonly AttributedSale[], all: AttributedTotal): Record<string, Table> {
    const origins = this.#log.origins();
    const ofRecommendation = (name: (id: string) => string) => (each: AttributedSale) =>
      each.through === null ? null : each.recommendationId === null ? UNNAMED : name(each.recommendationId);
    const by = (title: string, first: string, name: (each: AttributedSale) => string | null) =>
      totalsTable(title, first, attributionTotals(attributed, name), all);
    return {
      origins: by(
        'By what recommended',
        'origin',
        ofRecommendation((id) => origins.get(id) ?? UNNAMED),
      ),
      channels: by('By channel', 'channel', ({ through, channel }) => (through === null ? null : (channel ?? UNNAMED))),
      recommendations: by(
        'By recommendation',
        'recommendationId',
        ofRecommendation((id) => id),
      ),
    };
  }

  #warnings(): string[] {
    const { level } = this.#log;
    if (level === 0) return [];
    return [
      `There is more than fits into memory: all figures are those of an even sample of 1 customer in ${inWords(2 ** level, 0)}.`,
    ];
  }
}

const NO_SALES: AttributedTotal = { name: '', sales: 0, revenue: 0, viewThroughSales: 0 };
const NO_EFFECT =
  'To follow is not to be caused by: some of these customers would have bought anyway. What it brought is told by customers who were left out: task campaign with arms by experiment, one of which is a holdout.';

function totalsTable(title: string, first: string, totals: readonly AttributedTotal[], all: AttributedTotal): Table {
  const named = totals.filter(({ name }) => name !== null);
  const rest = totals.filter(({ name }) => name === null);
  const more = named.length - MAX_NAMED;
  return {
    title: more > 0 ? `${title}: the ${MAX_NAMED} with most revenue; ${inWords(more, 0)} more are not shown` : title,
    columns: [first, 'sales', 'revenue', 'shareOfSales', 'salesByView'],
    rows: [...named.slice(0, MAX_NAMED), ...rest].map(({ name, sales, revenue, viewThroughSales }) => [
      name ?? NOTHING,
      sales,
      revenue,
      sales / all.sales,
      viewThroughSales,
    ]),
  };
}

/** The row, or what is wrong with it. */
function readRow(row: RowRecord): AttributionRow | string {
  const kind = textCell(row['kind'])?.trim().toLowerCase();
  if (kind !== 'click' && kind !== 'view' && kind !== 'sale')
    return `kind: expected click, view or sale, got ${shown(row['kind'])}`;
  const atMs = momentCell(row['at']);
  if (atMs === undefined) return `at: expected a moment, got ${shown(row['at'])}`;
  const texts: Record<string, string> = {};
  for (const name of ['userId', 'eventId', 'recommendationId', 'origin', 'channel', 'itemId']) {
    const text = textCell(row[name]);
    if (text === undefined) continue;
    if (text.length > MAX_CHARACTERS) return `${name}: has more than ${MAX_CHARACTERS} characters`;
    texts[name] = text;
  }
  const { userId, eventId, ...named } = texts;
  if (kind === 'sale') {
    if (eventId === undefined) return `eventId: a sale needs one, got ${shown(row['eventId'])}`;
    const value = row['revenue'] === undefined || row['revenue'] === null || row['revenue'] === '' ? 0 : row['revenue'];
    const revenue = numberCell(value);
    if (revenue === undefined || Math.abs(revenue) >= MAX_SUMMED)
      return `revenue: expected a number, got ${shown(row['revenue'])}`;
    return { kind, eventId, atMs, value: revenue, ...(userId === undefined ? {} : { user: userId }), ...named };
  }
  if (userId === undefined) return `userId: a touch needs one, got ${shown(row['userId'])}`;
  return { kind, user: userId, atMs, ...(eventId === undefined ? {} : { eventId }), ...named };
}

function momentCell(value: unknown): number | undefined {
  const number = numberCell(value);
  if (number !== undefined) return number;
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(parsed) ? parsed : undefined;
}

function inMilliseconds(settings: AttributionTaskSettings): AttributionSettings {
  const { touch, clickWindowDays, viewWindowDays, sameItem } = settings;
  return { touch, clickWindowMs: clickWindowDays * DAY_MS, viewWindowMs: viewWindowDays * DAY_MS, sameItem };
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${inWords(count, Number.isInteger(count) ? 0 : 2)} days`;
}
