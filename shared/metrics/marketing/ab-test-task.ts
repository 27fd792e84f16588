import type { Evaluation, IntervalOptions, Table } from '../evaluation.ts';
import type { Metric } from '../metric.ts';
import { noMetric } from '../metric.ts';
import { numberCell, shown, textCell } from '../read-cell.ts';
import type { Json, RowRecord, SavedState, StateSize, Task, TaskState } from '../task.ts';
import { type AbTestSettings, type ArmComparison, compareArm } from './ab-test-comparison.ts';
import { Arms, controlOf, MAX_ARMS } from './arms.ts';
import { armMetricName, estimated, pValueMetric } from './comparison-metrics.ts';
import { holmAdjusted } from './holm.ts';
import { MAX_SUMMED, Moments } from './moments.ts';
import { intervalInWords, inWords } from './numbers-in-words.ts';
import { SAMPLE_RATIO_ALARM, sampleRatioPValue } from './sample-ratio.ts';

export type { AbTestSettings } from './ab-test-comparison.ts';

export const DEFAULT_AB_TEST_SETTINGS: AbTestSettings = { control: null, plannedShares: null, plannedRows: 10_000 };

/**
 * An experiment with a control and one treatment or several. `outcome` is 0 or 1 (two shares), a number (two means), or, where
 * rows have a `denominator`, the upper part of a ratio of means. What is kept are exact sums by arm.
 *
 * Edge cases: an arm with fewer than two rows has a difference without interval and p-value; where nothing varies the p-value is
 * null; a control that no row has leaves the comparisons out. Rows must be independent: one a customer, not one a visit.
 */
export const abTestTask: Task<AbTestSettings> = {
  name: 'ab-test',
  columns: [
    {
      name: 'arm',
      isRequired: true,
      description: 'The arm the customer was in.',
      aliases: ['variant', 'group', 'version', 'bucket', 'segment', 'treatment', 'testgroup'],
    },
    {
      name: 'outcome',
      isRequired: true,
      description: 'What is compared: 0 or 1, or a number.',
      aliases: ['converted', 'conversion', 'y', 'value', 'visit', 'revenue', 'spend', 'metric'],
    },
    {
      name: 'covariate',
      isRequired: false,
      description: 'The same or a like figure from before the test, which makes the intervals narrower (CUPED).',
      aliases: ['before', 'preperiod', 'pre', 'history', 'baseline'],
    },
    {
      name: 'denominator',
      isRequired: false,
      description: 'For ratios (clicks by page views): the outcome is its upper, this its lower part.',
      aliases: ['impressions', 'views', 'sessions'],
    },
  ],
  start: (settings) => new AbTestState(settings, null),
  restore: (settings, _size: StateSize, saved) => new AbTestState(settings, saved),
};

class AbTestState implements TaskState {
  readonly #settings: AbTestSettings;
  readonly #arms: Arms<Moments>;
  #covariates: number;
  #denominators: number;
  #rowsLeftOut: number;

  constructor(settings: AbTestSettings, saved: SavedState | null) {
    this.#settings = settings;
    this.#arms = new Arms((sums) => new Moments(sums), saved?.fields['arms'] as { readonly [name: string]: Json });
    this.#covariates = Number(saved?.fields['covariates'] ?? 0);
    this.#denominators = Number(saved?.fields['denominators'] ?? 0);
    this.#rowsLeftOut = Number(saved?.fields['rowsLeftOut'] ?? 0);
  }

  add(row: RowRecord): string | null {
    const arm = textCell(row['arm']);
    if (arm === undefined) return `arm: expected a name, got ${shown(row['arm'])}`;
    const outcome = numberCell(row['outcome']) ?? truth(row['outcome']);
    const covariate = optional(row['covariate']);
    const denominator = optional(row['denominator']);
    if (!isSummable(outcome)) return `outcome: expected a number, got ${shown(row['outcome'])}`;
    if (covariate !== null && !isSummable(covariate))
      return `covariate: expected a number, got ${shown(row['covariate'])}`;
    if (denominator !== null && !isSummable(denominator)) {
      return `denominator: expected a number, got ${shown(row['denominator'])}`;
    }
    const sums = this.#arms.of(arm);
    if (sums === null) return `arm: more than ${MAX_ARMS} different arms, the next is ${shown(arm)}`;
    if (covariate !== null) this.#covariates += 1;
    if (denominator !== null) this.#denominators += 1;
    sums.add(outcome, covariate ?? 0, denominator ?? 0);
    return null;
  }

  merge(later: TaskState): void {
    const other = later as AbTestState;
    this.#rowsLeftOut += other.#rowsLeftOut + this.#arms.merge(other.#arms, (sums) => sums.count);
    this.#covariates += other.#covariates;
    this.#denominators += other.#denominators;
  }

  save(): SavedState {
    const fields = {
      arms: this.#arms.save(),
      covariates: this.#covariates,
      denominators: this.#denominators,
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
    const controlSums = arms.find(([name]) => name === control.name)?.[1];
    const treatments = arms.filter(([name]) => name !== control.name);
    const sampleRatio = this.#sampleRatio(arms);
    const warnings = [...this.#warnings(arms, control), ...sampleRatioWarnings(sampleRatio)];
    if (controlSums === undefined || treatments.length === 0) {
      const reason =
        controlSums === undefined
          ? `no row is of the control ${shown(control.name ?? 'arm')}`
          : 'only one arm has rows';
      return {
        metrics: { difference: noMetric(reason) },
        tables: { arms: armTable(arms) },
        warnings: [...warnings, `${reason}.`],
      };
    }
    const shape = {
      hasCovariate: this.#covariates > 0,
      hasDenominator: this.#denominators > 0,
      level: intervals.level,
    };
    const compared = treatments.map(([name, sums]) => compareArm(name, controlSums, sums, this.#settings, shape));
    const adjusted = holmAdjusted(compared.map(({ main }) => main.pValue));
    const metrics = Object.assign(
      { sampleRatioPValue: pValueMetric(sampleRatio) },
      ...compared.map((each, index) => metricsOf(each, adjusted[index] ?? null, compared.length, intervals)),
    ) as Record<string, Metric>;
    return {
      metrics,
      summary: compared.map((each, index) =>
        sentence(each, control.name ?? '', adjusted[index] ?? null, intervals.level),
      ),
      tables: { arms: armTable(arms), comparisons: comparisonTable(compared, adjusted) },
      warnings: [...warnings, ...compared.flatMap((each) => each.warnings)],
    };
  }

  #sampleRatio(arms: readonly (readonly [string, Moments])[]): number | null {
    const planned = this.#settings.plannedShares;
    const shares = arms.map(([name]) => (planned === null ? 1 : (planned[name] ?? 0)));
    return sampleRatioPValue(
      arms.map(([, sums]) => sums.count),
      shares,
    );
  }

  #warnings(arms: readonly (readonly [string, Moments])[], control: ReturnType<typeof controlOf>): string[] {
    const warnings: string[] = [];
    if (control.isGuess && arms.length > 1) {
      warnings.push(
        `"${control.name}" is taken as the control, as it is the first by name; set "control" where it is another.`,
      );
    }
    const rows = arms.reduce((sum, [, sums]) => sum + sums.count, 0);
    for (const [name, seen] of [
      ['covariate', this.#covariates],
      ['denominator', this.#denominators],
    ] as const) {
      if (seen > 0 && seen < rows)
        warnings.push(`${inWords(rows - seen, 0)} rows have no ${name}; theirs counts as 0.`);
    }
    if (this.#rowsLeftOut > 0)
      warnings.push(`${inWords(this.#rowsLeftOut, 0)} rows of arms beyond ${MAX_ARMS} are left out.`);
    return warnings;
  }
}

/** The test of the division is of more use than any other warning: without it being as planned the arms are no like customers. */
export function sampleRatioWarnings(pValue: number | null): string[] {
  if (pValue === null || pValue >= SAMPLE_RATIO_ALARM) return [];
  const chance = pValue < 1e-4 ? 'less than 0.0001' : pValue.toPrecision(2);
  return [
    `The arms' sizes are not as planned (chance ${chance}): find out why before trusting the figures (sample ratio mismatch).`,
  ];
}

function metricsOf(
  { arm, main, relative, cuped, varianceReduction, alwaysValid }: ArmComparison,
  adjusted: number | null,
  treatments: number,
  intervals: IntervalOptions,
): Record<string, Metric> {
  const named: Record<string, Metric> = {
    difference: estimated(main.difference, main.interval, main.method, intervals),
    pValue: pValueMetric(main.pValue),
    relativeDifference:
      relative === null
        ? noMetric("the control's value is not above 0")
        : estimated(relative.value, relative.interval, 'log-ratio', intervals),
    alwaysValidDifference: estimated(main.difference, alwaysValid.interval, 'always-valid', intervals),
    alwaysValidPValue: pValueMetric(alwaysValid.pValue),
    ...(treatments > 1 ? { holmPValue: pValueMetric(adjusted) } : {}),
  };
  if (cuped !== null) {
    named['cupedDifference'] = estimated(cuped.difference, cuped.interval, 'cuped-welch', intervals);
    named['cupedPValue'] = pValueMetric(cuped.pValue);
    named['cupedVarianceReduction'] =
      varianceReduction === null ? noMetric('nothing varies') : { value: varianceReduction };
  }
  return Object.fromEntries(
    Object.entries(named).map(([name, metric]) => [armMetricName(name, arm, treatments), metric]),
  );
}

function sentence({ arm, main }: ArmComparison, control: string, adjusted: number | null, level: number): string {
  const decimals = decimalsFor(main.standardError, main.difference);
  const known = main.interval === null ? '' : ` (difference ${intervalInWords(main.interval, level, decimals)})`;
  const direction = main.difference < 0 ? 'below' : 'above';
  const isFound = adjusted !== null && adjusted < 1 - level;
  const by = `"${arm}" is ${inWords(Math.abs(main.difference), decimals)} ${direction} "${control}"`;
  return `${by}${known}: ${isFound ? 'a real difference' : 'not enough data to tell a difference'}.`;
}

/** Two digits of the standard error. */
function decimalsFor(standardError: number, difference: number): number {
  const size = standardError > 0 ? standardError : Math.abs(difference) || 1;
  return Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(size))));
}

function armTable(arms: readonly (readonly [string, Moments])[]): Table {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    title: 'Arms',
    columns: ['arm', 'rows', 'mean', 'standardDeviation'],
    rows: arms.map(([name, sums]) => [name, sums.count, finite(sums.mean), finite(Math.sqrt(sums.variance))]),
  };
}

function comparisonTable(compared: readonly ArmComparison[], adjusted: readonly (number | null)[]): Table {
  return {
    title: 'Against the control',
    columns: ['arm', 'difference', 'lower', 'upper', 'pValue', 'holmPValue', 'method'],
    rows: compared.map(({ arm, main }, index) => [
      arm,
      Number.isFinite(main.difference) ? main.difference : null,
      main.interval?.[0] ?? null,
      main.interval?.[1] ?? null,
      main.pValue,
      adjusted[index] ?? null,
      main.method,
    ]),
  };
}

function truth(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (text === 'true') return 1;
  return text === 'false' ? 0 : undefined;
}

function isSummable(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) < MAX_SUMMED;
}

/** null where the cell is empty, undefined where it is no number. */
function optional(value: unknown): number | null | undefined {
  return value === undefined || value === null || value === '' ? null : numberCell(value);
}
