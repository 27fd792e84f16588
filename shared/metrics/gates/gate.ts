import type { Evaluation, SliceEvaluation } from '../evaluation.ts';
import type { Metric } from '../metric.ts';
import { DEFAULT_LEAST_ROWS, type GateRule, isLowerBetter, type SliceRule } from './gate-rule.ts';

export interface GateCheck {
  readonly metric: string;
  readonly asked: 'min' | 'max' | 'minChange' | 'minRelativeChange';
  readonly limit: number;
  readonly slice?: { readonly column: string; readonly value: string };
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why, in words: `rocAuc is 0.871, at least 0.85 was asked`. */
  readonly reason: string;
}

export interface GateVerdict {
  /** Whether no check failed. */
  readonly passed: boolean;
  /** One sentence for a reader; the checks that failed first. */
  readonly summary: string;
  readonly checks: readonly GateCheck[];
}

/** Differences that rounding makes: 0.85 - 0.8 is not quite 0.05, yet reaches it. */
const ROUNDING = 1e-12;

type Bound = 'min' | 'max';
type Judged = Pick<GateCheck, 'outcome' | 'reason'>;

/**
 * Judges an evaluation by rules. What can't be judged fails: a metric that is not there or null, an interval where none was made, a
 * column that was not sliced. `baseline` is the evaluation of what is in use, on the same rows; null says that there is none yet,
 * and changes are skipped then.
 */
export function judge(rules: readonly GateRule[], evaluation: Evaluation, baseline: Evaluation | null): GateVerdict {
  const checks = rules.flatMap((rule) => [
    ...boundChecks(rule, evaluation),
    ...changeChecks(rule, evaluation, baseline),
    ...(rule.slices ?? []).flatMap((slices) => sliceChecks(rule, slices, evaluation)),
  ]);
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  return { passed: failed.length === 0, summary: summaryOf(checks, failed), checks };
}

function summaryOf(checks: readonly GateCheck[], failed: readonly GateCheck[]): string {
  const [first] = failed;
  const skipped = checks.filter(({ outcome }) => outcome === 'skipped').length;
  const without = skipped > 0 ? ` (${skipped} skipped)` : '';
  if (first === undefined) return `Passed: ${checks.length - skipped} of ${checks.length} checks hold${without}.`;
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : '';
  return `Failed ${failed.length} of ${checks.length} checks${without}: ${first.reason}${more}.`;
}

function boundChecks(rule: GateRule, { metrics }: Evaluation): GateCheck[] {
  return boundsOf(rule).map(([asked, limit]) => ({
    metric: rule.metric,
    asked,
    limit,
    ...judgeBound(rule.metric, metrics[rule.metric], asked, limit, rule.judgedBy ?? 'value'),
  }));
}

function boundsOf({ min, max }: { min?: number | undefined; max?: number | undefined }): [Bound, number][] {
  return [
    ...(min === undefined ? [] : [['min', min] as [Bound, number]]),
    ...(max === undefined ? [] : [['max', max] as [Bound, number]]),
  ];
}

/** `name` is how the metric is called in the reason. */
function judgeBound(
  name: string,
  metric: Metric | undefined,
  asked: Bound,
  limit: number,
  judgedBy: 'value' | 'interval',
): Judged {
  const wanted = `${asked === 'min' ? 'at least' : 'at most'} ${limit} was asked`;
  const value = metric?.value ?? null;
  if (value === null) return { outcome: 'failed', reason: `${absent(name, metric)}, ${wanted}` };
  if (judgedBy === 'value') return verdict(isWithin(value, asked, limit), `${name} is ${shown(value)}, ${wanted}`);
  const interval = metric?.interval;
  if (interval === undefined) return { outcome: 'failed', reason: `${name} has no interval, ${wanted} of all of it` };
  const edge = asked === 'min' ? interval[0] : interval[1];
  const told = `${name} is ${shown(value)} (${shown(interval[0])} to ${shown(interval[1])}), ${wanted} of all of it`;
  return verdict(isWithin(edge, asked, limit), told);
}

function isWithin(value: number, asked: Bound, limit: number): boolean {
  return asked === 'min' ? value >= limit - ROUNDING : value <= limit + ROUNDING;
}

function changeChecks(rule: GateRule, evaluation: Evaluation, baseline: Evaluation | null): GateCheck[] {
  const { metric, minChange, minRelativeChange } = rule;
  const asked: ['minChange' | 'minRelativeChange', number][] = [];
  if (minChange !== undefined) asked.push(['minChange', minChange]);
  if (minRelativeChange !== undefined) asked.push(['minRelativeChange', minRelativeChange]);
  return asked.map(([kind, limit]) => ({
    metric,
    asked: kind,
    limit,
    ...judgeChange(rule, kind === 'minRelativeChange', limit, evaluation.metrics[metric], baseline),
  }));
}

function judgeChange(
  { metric: name, better }: GateRule,
  isRelative: boolean,
  limit: number,
  metric: Metric | undefined,
  baseline: Evaluation | null,
): Judged {
  if (baseline === null) return { outcome: 'skipped', reason: `${name}: there is nothing in use to compare with` };
  const before = baseline.metrics[name];
  const [now, then] = [metric?.value ?? null, before?.value ?? null];
  if (now === null) return { outcome: 'failed', reason: absent(name, metric) };
  if (then === null) return { outcome: 'failed', reason: `${absent(name, before)} in the baseline` };
  const isLower = better === undefined ? isLowerBetter(name) : better === 'lower';
  const improvement = isLower ? then - now : now - then;
  const change = isRelative ? relative(improvement, then) : improvement;
  const unit = isRelative ? ' of it' : '';
  const measured = Number.isFinite(change) ? unit : '';
  const told = `${name} went from ${shown(then)} to ${shown(now)}, which is ${direction(change)}${measured}; ${wantedChange(limit)}${unit} was asked`;
  return verdict(change >= limit - ROUNDING, told);
}

/** Of a baseline of 0 any change is without measure. */
function relative(improvement: number, before: number): number {
  return improvement === 0 ? 0 : improvement / Math.abs(before);
}

function direction(change: number): string {
  if (change === 0) return 'no change';
  if (!Number.isFinite(change)) return `${change > 0 ? 'better' : 'worse'} without measure`;
  return `${change > 0 ? 'better' : 'worse'} by ${shown(Math.abs(change))}`;
}

function wantedChange(limit: number): string {
  return limit < 0 ? `a loss of at most ${-limit}` : `an improvement of at least ${limit}`;
}

function sliceChecks({ metric, judgedBy }: GateRule, rule: SliceRule, { slices }: Evaluation): GateCheck[] {
  const bounds = boundsOf(rule);
  const column = slices?.find((each) => each.column === rule.column);
  if (column === undefined) {
    return bounds.map(([asked, limit]) => ({
      metric,
      asked,
      limit,
      outcome: 'failed',
      reason: `${metric} was not evaluated by ${rule.column}`,
    }));
  }
  return column.values.flatMap((slice) =>
    bounds.map(([asked, limit]) => ({
      metric,
      asked,
      limit,
      slice: { column: rule.column, value: slice.value },
      ...judgeSlice(metric, rule, slice, asked, limit, judgedBy ?? 'value'),
    })),
  );
}

function judgeSlice(
  metric: string,
  { column, leastRows = DEFAULT_LEAST_ROWS }: SliceRule,
  { value, rows, evaluation }: SliceEvaluation,
  asked: Bound,
  limit: number,
  judgedBy: 'value' | 'interval',
): Judged {
  const name = `${metric} of ${column} ${value}`;
  if (rows < leastRows) return { outcome: 'skipped', reason: `${name} has ${rows} rows, fewer than ${leastRows}` };
  return judgeBound(name, evaluation.metrics[metric], asked, limit, judgedBy);
}

function absent(name: string, metric: Metric | undefined): string {
  return metric === undefined ? `there is no metric ${name}` : `${name} has no value (${metric.reason ?? 'unknown'})`;
}

function verdict(holds: boolean, reason: string): Judged {
  return { outcome: holds ? 'passed' : 'failed', reason };
}

/** Up to four digits that count. */
function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
