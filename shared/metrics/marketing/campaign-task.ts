import type { Curve, Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import { type Metric, noMetric } from '../metric.ts';
import { binaryCell, numberCell, shown, textCell } from '../read-cell.ts';
import { TIME_EXPECTED, timeCell } from '../read-time.ts';
import type { Json, RowRecord, SavedState, StateSize, Task, TaskState } from '../task.ts';
import { sampleRatioWarnings } from './ab-test-task.ts';
import { Arms, controlOf, MAX_ARMS } from './arms.ts';
import { armTable } from './campaign-arms.ts';
import { type CampaignEffect, campaignEffect, type Known } from './campaign-effect.ts';
import { type CampaignSettings, DEFAULT_CAMPAIGN_SETTINGS } from './campaign-settings.ts';
import { decisivePValue, furtherCustomers, moneySentence, verdict } from './campaign-verdict.ts';
import { armMetricName, estimated, pValueMetric, scaled } from './comparison-metrics.ts';
import { holmAdjusted } from './holm.ts';
import { MAX_SUMMED, Moments } from './moments.ts';
import { inWords } from './numbers-in-words.ts';
import { type ArmSize, dayTable, effectCurve, MAX_DAYS, SalesByDay } from './sales-by-day.ts';
import { sampleRatioPValue } from './sample-ratio.ts';
import { type CustomerCounts, MAX_SEEN_CUSTOMERS, SeenCustomers } from './seen-customers.ts';

export { type CampaignSettings, DEFAULT_CAMPAIGN_SETTINGS };

const MAX_SEGMENTS = 50;
/** Where the segments beyond the bound are put together. */
const OTHER_SEGMENTS = '(other)';

/**
 * A campaign with customers who were left out of it. Increments are per 1,000 customers, treatment less control: sales with
 * Newcombe's interval of two shares, revenue and profit with Welch's. Several treatments are each compared with the control; the
 * verdict is then by p-values after Holm, the intervals are each arm's own.
 *
 * Edge cases: no row of the control, or only one arm: no comparison; nobody converted: the difference is 0 and the p-value null.
 * What is kept are exact sums by arm, and by arm of at most 50 segments; which segments are put together as `(other)` depends on
 * the order of rows where there are more.
 *
 * Rows are customers: one that comes twice counts twice, in the arm of each row. How many do, and how many of them in several arms,
 * is said where rows have `userId` (`SeenCustomers`: exactly up to 131,072 customers, else estimated), so that such rows are taken
 * out by who knows which of them is right.
 */
export const campaignTask: Task<CampaignSettings> = {
  name: 'campaign',
  columns: [
    {
      name: 'arm',
      isRequired: true,
      description: 'What the customer got; one arm is the control.',
      aliases: ['variant', 'group', 'treatment', 'version', 'campaign', 'mail', 'testgroup'],
    },
    {
      name: 'converted',
      isRequired: true,
      description: 'Whether the customer bought: 1 or 0.',
      aliases: ['conversion', 'bought', 'purchase', 'purchased', 'response', 'sale', 'y'],
    },
    {
      name: 'revenue',
      isRequired: false,
      description: 'What the customer spent.',
      aliases: ['spend', 'spent', 'amount', 'sales', 'value', 'turnover'],
    },
    {
      name: 'cost',
      isRequired: false,
      description: 'What addressing the customer cost.',
      aliases: ['costs', 'price', 'spending'],
    },
    {
      name: 'segment',
      isRequired: false,
      description: 'A group of customers to show apart.',
      aliases: ['cluster', 'region', 'channel'],
    },
    {
      name: 'userId',
      isRequired: false,
      description: 'The customer; each should come once, which is checked.',
      aliases: ['customerid', 'user', 'customer', 'id'],
    },
    {
      name: 'at',
      isRequired: false,
      description:
        'When the customer bought, or when the row came to be: a date, a date and time, or seconds since 1970. Sales are shown by day.',
      aliases: ['date', 'timestamp', 'convertedat', 'boughtat'],
    },
  ],
  start: (settings, size) => new CampaignState(settings, size, null),
  restore: (settings, size, saved) => new CampaignState(settings, size, saved),
};

type Saved = { readonly [name: string]: Json };

class CampaignState implements TaskState {
  readonly #settings: CampaignSettings;
  readonly #arms: Arms<Moments>;
  readonly #segments = new Map<string, Arms<Moments>>();
  readonly #maxSegments: number;
  /** Of whole states alone. */
  readonly #seen: SeenCustomers | null;
  readonly #sales: SalesByDay | null;
  #hasRevenue: boolean;
  #hasCost: boolean;
  #rowsLeftOut: number;

  constructor(settings: CampaignSettings, size: StateSize, saved: SavedState | null) {
    this.#settings = settings;
    this.#maxSegments = size === 'whole' ? MAX_SEGMENTS : 0;
    this.#arms = startArms(saved?.fields['arms'] as Saved);
    for (const [name, arms] of Object.entries((saved?.fields['segments'] ?? {}) as Saved)) {
      this.#segments.set(name, startArms(arms as Saved));
    }
    this.#seen = size === 'whole' ? startSeen(saved) : null;
    this.#sales = size === 'whole' ? new SalesByDay(saved?.fields['sales'] as Saved | undefined) : null;
    this.#hasRevenue = saved?.fields['hasRevenue'] === true;
    this.#hasCost = saved?.fields['hasCost'] === true;
    this.#rowsLeftOut = Number(saved?.fields['rowsLeftOut'] ?? 0);
  }

  add(row: RowRecord): string | null {
    const arm = textCell(row['arm']);
    if (arm === undefined) return `arm: expected a name, got ${shown(row['arm'])}`;
    const converted = binaryCell(row['converted']);
    if (converted === undefined) return `converted: expected 0 or 1, got ${shown(row['converted'])}`;
    const revenue = optionalMoney(row['revenue']);
    if (revenue === undefined) return `revenue: expected a number, got ${shown(row['revenue'])}`;
    const cost = optionalMoney(row['cost']);
    if (cost === undefined) return `cost: expected a number, got ${shown(row['cost'])}`;
    const at = optionalTime(row['at']);
    if (at === undefined) return `at: expected ${TIME_EXPECTED}, got ${shown(row['at'])}`;
    const sums = this.#arms.of(arm);
    if (sums === null) return `arm: more than ${MAX_ARMS} different arms, the next is ${shown(arm)}`;
    if (revenue !== null) this.#hasRevenue = true;
    if (cost !== null) this.#hasCost = true;
    const value = revenue ?? converted * (this.#settings.valuePerConversion ?? 0);
    sums.add(value, cost ?? 0, converted);
    const customer = textCell(row['userId']);
    if (customer !== undefined) this.#seen?.add(customer, arm);
    this.#sales?.add(arm, at, converted);
    const segment = this.#maxSegments === 0 ? undefined : textCell(row['segment']);
    if (segment !== undefined)
      this.#segment(segment)
        .of(arm)
        ?.add(value, cost ?? 0, converted);
    return null;
  }

  merge(later: TaskState): void {
    const other = later as CampaignState;
    this.#rowsLeftOut += other.#rowsLeftOut + this.#arms.merge(other.#arms, (sums) => sums.count);
    for (const [name, arms] of other.#segments) this.#segment(name).merge(arms, (sums) => sums.count);
    if (other.#seen !== null) this.#seen?.merge(other.#seen);
    if (other.#sales !== null) this.#sales?.merge(other.#sales);
    this.#hasRevenue ||= other.#hasRevenue;
    this.#hasCost ||= other.#hasCost;
  }

  save(): SavedState {
    const segments = Object.fromEntries([...this.#segments].map(([name, arms]) => [name, arms.save()]));
    const seen = this.#seen?.save();
    const fields = {
      ...(seen === undefined ? {} : { seen: seen.fields }),
      ...(this.#sales === null ? {} : { sales: this.#sales.save() }),
      arms: this.#arms.save(),
      segments,
      hasRevenue: this.#hasRevenue,
      hasCost: this.#hasCost,
      rowsLeftOut: this.#rowsLeftOut,
    };
    return { fields, arrays: seen?.arrays ?? {} };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    const arms = this.#arms.entries();
    const control = controlOf(
      arms.map(([name]) => name),
      this.#settings.control,
    );
    const sampleRatio = this.#sampleRatio(arms);
    const customers = this.#seen?.counts();
    const warnings = [
      ...this.#warnings(arms.length, control),
      ...sampleRatioWarnings(sampleRatio),
      ...(customers === undefined ? [] : customerWarnings(customers)),
    ];
    const sizes = arms.map(([name, sums]) => ({ name, customers: sums.count }));
    const tables = {
      arms: armTable(arms, control.name, this.#known, this.#settings, intervals.level),
      ...(this.#sales?.hasTimes ? { days: dayTable(this.#sales, sizes) } : {}),
    };
    const effects = this.#effects(this.#arms, control.name, intervals.level);
    if (effects.length === 0) {
      const reason = arms.some(([name]) => name === control.name)
        ? 'only one arm has rows, so there is nothing to compare with'
        : `no row is of the control ${shown(control.name ?? '')}`;
      const metrics = { conversionsPer1000: noMetric(reason), ...customerMetrics(customers) };
      return { metrics, tables, warnings: [...warnings, `${reason}.`] };
    }
    const adjusted = holmAdjusted(effects.map(decisivePValue));
    const metrics = Object.assign(
      { sampleRatioPValue: pValueMetric(sampleRatio), ...customerMetrics(customers) },
      ...effects.map((effect, index) => this.#metricsOf(effect, adjusted[index] ?? null, effects.length, intervals)),
    ) as Record<string, Metric>;
    return {
      metrics,
      summary: this.#summary(effects, adjusted, intervals.level),
      tables:
        this.#segments.size > 0 ? { ...tables, segments: this.#segmentTable(control.name, intervals.level) } : tables,
      curves: { increment: incrementCurve(effects), ...this.#effectByDay(sizes, control.name, intervals.level) },
      warnings,
    };
  }

  #segment(name: string): Arms<Moments> {
    const found = this.#segments.get(name);
    if (found !== undefined) return found;
    if (this.#segments.size >= this.#maxSegments && name !== OTHER_SEGMENTS) return this.#segment(OTHER_SEGMENTS);
    const started = startArms();
    this.#segments.set(name, started);
    return started;
  }

  #effects(arms: Arms<Moments>, control: string | null, level: number): CampaignEffect[] {
    const entries = arms.entries();
    const controlSums = entries.find(([name]) => name === control)?.[1];
    if (controlSums === undefined) return [];
    return entries
      .filter(([name]) => name !== control)
      .map(([name, sums]) => campaignEffect(name, controlSums, sums, this.#known, this.#settings, level));
  }

  get #known(): Known {
    return { revenue: this.#hasRevenue, cost: this.#hasCost };
  }

  #effectByDay(sizes: readonly ArmSize[], controlName: string | null, level: number): Record<string, Curve> {
    const control = sizes.find(({ name }) => name === controlName);
    if (control === undefined || !this.#sales?.hasTimes) return {};
    const treatments = sizes.filter((arm) => arm !== control);
    const curve = effectCurve(this.#sales, control, treatments, level);
    return curve === null ? {} : { effectByDay: curve };
  }

  #sampleRatio(arms: readonly (readonly [string, Moments])[]): number | null {
    const planned = this.#settings.plannedShares;
    return sampleRatioPValue(
      arms.map(([, sums]) => sums.count),
      arms.map(([name]) => (planned === null ? 1 : (planned[name] ?? 0))),
    );
  }

  #metricsOf(
    effect: CampaignEffect,
    adjusted: number | null,
    treatments: number,
    intervals: IntervalOptions,
  ): Record<string, Metric> {
    const { conversions, relative, revenue, profit } = effect;
    const per1000 = (money: NonNullable<typeof revenue>) =>
      scaled(estimated(money.difference, money.interval, money.method, intervals), 1000);
    const alpha = 1 - intervals.level;
    const isFound = adjusted !== null && adjusted < alpha;
    const further = furtherCustomers(effect, isFound, alpha / treatments, this.#settings.power);
    const named: Record<string, Metric> = {
      conversionsPer1000: per1000(conversions),
      conversionsPValue: pValueMetric(conversions.pValue),
      relativeLift:
        relative === null
          ? noMetric('nobody of the control converted')
          : estimated(relative.value, relative.interval, 'log-ratio', intervals),
      ...(revenue === null ? {} : { revenuePer1000: per1000(revenue), revenuePValue: pValueMetric(revenue.pValue) }),
      ...(profit === null ? {} : { profitPer1000: per1000(profit), profitPValue: pValueMetric(profit.pValue) }),
      ...(treatments > 1 ? { holmPValue: pValueMetric(adjusted) } : {}),
      customersNeeded:
        further === null
          ? noMetric('no number of customers worth naming would show an effect of this size')
          : { value: further },
    };
    return Object.fromEntries(
      Object.entries(named).map(([name, metric]) => [armMetricName(name, effect.arm, treatments), metric]),
    );
  }

  #summary(effects: readonly CampaignEffect[], adjusted: readonly (number | null)[], level: number): string[] {
    const subjectOf = (effect: CampaignEffect) => (effects.length === 1 ? this.#settings.name : `"${effect.arm}"`);
    const verdicts = effects.map((effect, index) =>
      verdict(subjectOf(effect), effect, adjusted[index] ?? null, level, this.#settings, effects.length),
    );
    const money = effects.map((effect) => moneySentence(subjectOf(effect), effect, level));
    return [...verdicts, ...money.filter((sentence) => sentence !== null)];
  }

  #warnings(arms: number, control: ReturnType<typeof controlOf>): string[] {
    const warnings: string[] = [];
    if (control.isGuess && arms > 1) {
      warnings.push(
        `"${control.name}" is taken as the control, as it is the first by name; set "control" where it is another.`,
      );
    }
    if (this.#rowsLeftOut > 0)
      warnings.push(`${inWords(this.#rowsLeftOut, 0)} rows of arms beyond ${MAX_ARMS} are left out.`);
    if (this.#sales?.hasTimes && this.#sales.undated > 0)
      warnings.push(
        `Sales without a time (${inWords(this.#sales.undated, 0)}) are in no day and not in the curve by day.`,
      );
    if (this.#sales !== null && this.#sales.later > 0) {
      const later = inWords(this.#sales.later, 0);
      warnings.push(`There are sales on more than ${MAX_DAYS} days: ${later} on later ones are not shown by day.`);
    }
    if (this.#segments.has(OTHER_SEGMENTS)) {
      warnings.push(`There are more than ${MAX_SEGMENTS} segments; the rest are put together as ${OTHER_SEGMENTS}.`);
    }
    return warnings;
  }

  #segmentTable(control: string | null, level: number): Table {
    const names = [...this.#segments.keys()].sort();
    return {
      title: 'Sales more per 1,000 customers, by segment; of many segments some differ by chance',
      columns: ['segment', 'arm', 'customers', 'conversionsPer1000', 'lower', 'upper', 'pValue'],
      rows: names.flatMap((name) =>
        this.#effects(this.#segment(name), control, level).map(({ arm, customers, conversions }) => [
          name,
          arm,
          customers,
          conversions.difference * 1000,
          conversions.interval === null ? null : conversions.interval[0] * 1000,
          conversions.interval === null ? null : conversions.interval[1] * 1000,
          conversions.pValue,
        ]),
      ),
    };
  }
}

function startArms(saved?: Saved): Arms<Moments> {
  return new Arms((sums) => new Moments(sums), saved);
}

/** Points of a curve to each side of its top. */
const HALF_POINTS = 40;
/** Standard errors shown to each side. */
const REACH = 4;

/** How well each increment agrees with the data, the estimate itself being 1: the normal likelihood. */
function incrementCurve(effects: readonly CampaignEffect[]): Curve {
  const drawn = effects.filter(({ conversions }) => conversions.standardError > 0);
  const lines = drawn.map(({ arm, conversions }) => {
    const steps = Array.from({ length: 2 * HALF_POINTS + 1 }, (_, i) => (REACH * (i - HALF_POINTS)) / HALF_POINTS);
    return {
      name: arm,
      x: steps.map((z) => 1000 * (conversions.difference + z * conversions.standardError)),
      y: steps.map((z) => Math.exp(-0.5 * z * z)),
    };
  });
  return {
    title: 'Sales more per 1,000 customers: what the data allow',
    xLabel: 'sales more per 1,000 customers',
    yLabel: 'agreement with the data',
    lines: [...lines, { name: 'no effect', x: [0, 0], y: [0, 1], isReference: true }],
  };
}

/** null where the cell is empty, undefined where it is no number that can be summed. */
function optionalMoney(value: unknown): number | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  const money = numberCell(value);
  return money !== undefined && Math.abs(money) < MAX_SUMMED ? money : undefined;
}

/** The same for a time, in milliseconds since 1970. */
function optionalTime(value: unknown): number | null | undefined {
  return value === undefined || value === null || value === '' ? null : timeCell(value);
}

function startSeen(saved: SavedState | null): SeenCustomers {
  const seen = saved === null ? null : { fields: saved.fields['seen'] as SavedState['fields'], arrays: saved.arrays };
  return new SeenCustomers(MAX_SEEN_CUSTOMERS, seen);
}

/** Nothing where rows don't say who they are of. */
function customerMetrics(counts: CustomerCounts | undefined): Record<string, Metric> {
  if (counts === undefined || counts.customers === 0) return {};
  return { repeatedCustomers: { value: counts.repeated }, customersInSeveralArms: { value: counts.inSeveralArms } };
}

function customerWarnings({ repeated, furtherRows, inSeveralArms, isExact }: CustomerCounts): string[] {
  if (repeated === 0) return [];
  const about = isExact ? '' : 'about ';
  const said = (count: number, one: string, more: string) => `${about}${inWords(count, 0)} ${count === 1 ? one : more}`;
  const warnings = [
    `${said(repeated, 'customer', 'customers')} came more than once, with ${said(furtherRows, 'row', 'rows')} beyond the first; each row counts as a customer, so the intervals are too narrow: send one row a customer.`,
  ];
  if (inSeveralArms > 0) {
    warnings.push(
      `${said(inSeveralArms, 'customer is', 'customers are')} in more than one arm, so what each arm did to them cannot be told apart; each row counts in its own arm. Take them out, or find out how they came there.`,
    );
  }
  if (!isExact) {
    warnings.push(
      `There are more customers than are kept: who came twice is judged by ${inWords(MAX_SEEN_CUSTOMERS, 0)} of them, chosen by hash.`,
    );
  }
  return warnings.map((warning) => warning.charAt(0).toUpperCase() + warning.slice(1));
}
