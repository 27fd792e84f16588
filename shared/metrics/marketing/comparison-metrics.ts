import type { IntervalOptions } from '../evaluation.ts';
import type { Interval, Metric } from '../metric.ts';
import { noMetric } from '../metric.ts';

/** Metrics of one treatment have plain names; where there are several, the arm follows a colon: `difference:womens`. */
export function armMetricName(name: string, arm: string, treatments: number): string {
  return treatments === 1 ? name : `${name}:${arm}`;
}

/** A figure with its interval, which is left out where none was asked for. */
export function estimated(
  value: number,
  interval: Interval | null,
  intervalMethod: string,
  intervals: IntervalOptions,
): Metric {
  if (!Number.isFinite(value)) return noMetric('too few rows in an arm');
  if (interval === null || !interval.every(Number.isFinite)) return { value };
  return intervals.method === 'none' ? { value } : { value, interval, intervalMethod };
}

export function pValueMetric(value: number | null): Metric {
  return value === null ? noMetric('nothing varies, or too few rows in an arm') : { value };
}

/** The figure times a constant, interval included. */
export function scaled(metric: Metric, factor: number): Metric {
  if (metric.value === null) return metric;
  const ends = metric.interval?.map((end) => end * factor).sort((a, b) => a - b);
  return {
    ...metric,
    value: metric.value * factor,
    ...(ends === undefined ? {} : { interval: ends as unknown as Interval }),
  };
}
