/** Two numbers between which the true value lies with the level that was asked for. */
export type Interval = readonly [number, number];

/** A figure of an evaluation: a finite number, or null with the reason why there is none. Never NaN. */
export interface Metric {
  readonly value: number | null;
  /** Why `value` is null, in words for the caller. */
  readonly reason?: string;
  readonly interval?: Interval;
  /** How the interval was made: `bootstrap`, `delong`, `wilson`, `welch` … */
  readonly intervalMethod?: string;
  /** Where the figure comes from a sketch: the true one is at most this far away. Absent where it is exact. */
  readonly errorBound?: number;
}

/** Figures by name; names are camelCase, with `@` before a depth and `:` before a column: `rocAuc`, `ndcg@10`, `psi:age`. */
export type Metrics = Readonly<Record<string, Metric>>;

/** The figure, or null with `reason` where it is not finite. */
export function metricOf(value: number, reason: string): Metric {
  return Number.isFinite(value) ? { value } : { value: null, reason };
}

export function noMetric(reason: string): Metric {
  return { value: null, reason };
}
