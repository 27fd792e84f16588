import type { Curve, Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import { type Metric, noMetric } from '../metric.ts';
import { binaryCell, numberCell, shown, textCell } from '../read-cell.ts';
import type { Json, RowRecord, SavedState, StateSize, Task, TaskState } from '../task.ts';
import { sampleRatioWarnings } from './ab-test-task.ts';
import { Arms, controlOf, MAX_ARMS } from './arms.ts';
import { type CampaignEffect, campaignEffect, type Known, sharesOf } from './campaign-effect.ts';
import { type CampaignSettings, DEFAULT_CAMPAIGN_SETTINGS } from './campaign-settings.ts';
import { decisivePValue, furtherCustomers, moneySentence, verdict } from './campaign-verdict.ts';
import { armMetricName, estimated, pValueMetric, scaled } from './comparison-metrics.ts';
import { scoreInterval } from './difference.ts';
import { holmAdjusted } from './holm.ts';
import { MAX_SUMMED, Moments } from './moments.ts';
import { inWords } from './numbers-in-words.ts';
import { sampleRatioPValue } from './sample-ratio.ts';

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
      description: 'The customer; each must come once.',
      aliases: ['customerid', 'user', 'customer', 'id'],
    },
    {
      name: 'at',
      isRequired: false,
      description: 'When; not used in the figures.',
      aliases: ['date', 'time', 'timestamp'],
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
    const sums = this.#arms.of(arm);
    if (sums === null) return `arm: more than ${MAX_ARMS} different arms, the next is ${shown(arm)}`;
    if (revenue !== null) this.#hasRevenue = true;
    if (cost !== null) this.#hasCost = true;
    const value = revenue ?? converted * (this.#settings.valuePerConversion ?? 0);
    sums.add(value, cost ?? 0, converted);
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
    this.#hasRevenue ||= other.#hasRevenue;
    this.#hasCost ||= other.#hasCost;
  }

  save(): SavedState {
    const segments = Object.fromEntries([...this.#segments].map(([name, arms]) => [name, arms.save()]));
    const fields = {
      arms: this.#arms.save(),
      segments,
      hasRevenue: this.#hasRevenue,
      hasCost: this.#hasCost,
      rowsLeftOut: this.#rowsLeftOut,
    };
    return { fields, arrays: {} };
  }

  evaluate(intervals: IntervalOptions): Evaluation {
    const arms = this.#arms.entries();
    const control = controlOf(
      arms.map(([name]) => name),
      this.#settings.control,
    );
    const sampleRatio = this.#sampleRatio(arms);
    const warnings = [...this.#warnings(arms.length, control), ...sampleRatioWarnings(sampleRatio)];
    const tables = { arms: armTable(arms, intervals.level) };
    const effects = this.#effects(this.#arms, control.name, intervals.level);
    if (effects.length === 0) {
      const reason = arms.some(([name]) => name === control.name)
        ? 'only one arm has rows, so there is nothing to compare with'
        : `no row is of the control ${shown(control.name ?? '')}`;
      return { metrics: { conversionsPer1000: noMetric(reason) }, tables, warnings: [...warnings, `${reason}.`] };
    }
    const adjusted = holmAdjusted(effects.map(decisivePValue));
    const metrics = Object.assign(
      { sampleRatioPValue: pValueMetric(sampleRatio) },
      ...effects.map((effect, index) => this.#metricsOf(effect, adjusted[index] ?? null, effects.length, intervals)),
    ) as Record<string, Metric>;
    return {
      metrics,
      summary: this.#summary(effects, adjusted, intervals.level),
      tables:
        this.#segments.size > 0 ? { ...tables, segments: this.#segmentTable(control.name, intervals.level) } : tables,
      curves: { increment: incrementCurve(effects) },
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
    const known: Known = { revenue: this.#hasRevenue, cost: this.#hasCost };
    return entries
      .filter(([name]) => name !== control)
      .map(([name, sums]) => campaignEffect(name, controlSums, sums, known, this.#settings, level));
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

function armTable(arms: readonly (readonly [string, Moments])[], level: number): Table {
  return {
    title: 'Arms',
    columns: ['arm', 'customers', 'conversions', 'conversionRate', 'lower', 'upper', 'revenue', 'cost'],
    rows: arms.map(([name, sums]) => {
      const shares = sharesOf(sums);
      const [lower, upper] = scoreInterval(shares, level);
      const rate = shares.successes / shares.count;
      return [name, shares.count, shares.successes, rate, lower, upper, sums.total, sums.covariateMean * sums.count];
    }),
  };
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
