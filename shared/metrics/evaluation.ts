import type { Metrics } from './metric.ts';

/** What an evaluation says. Everything in it can be written as JSON. */
export interface Evaluation {
  readonly metrics: Metrics;
  /** Sentences for a reader who knows no statistics, the most important first; only where a task has something to decide. */
  readonly summary?: readonly string[];
  /** By name: `confusion`, `perClass`, `deciles`, `arms` … */
  readonly tables?: Readonly<Record<string, Table>>;
  /** By name, which is the plot's as well: `roc`, `precisionRecall`, `calibration`, `gains`, `qini` … */
  readonly curves?: Readonly<Record<string, Curve>>;
  /** The same over the rows of each value of a column; only where slices were asked for (`slicedTask`). */
  readonly slices?: readonly SliceColumn[];
  /** What the reader should know before using the figures. */
  readonly warnings: readonly string[];
}

export interface SliceColumn {
  readonly column: string;
  /** The value with most rows first, `(other)` last. */
  readonly values: readonly SliceEvaluation[];
}

export interface SliceEvaluation {
  readonly value: string;
  readonly rows: number;
  readonly evaluation: Evaluation;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A line to draw, at most 200 points; `lines` has several on the same axes. */
export interface Curve {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Lower and upper edge of an interval at each x. */
  readonly band?: { readonly lower: readonly number[]; readonly upper: readonly number[] };
  /** What it is compared with (chance, perfect calibration): drawn thin and dashed. */
  readonly isReference?: boolean;
}

/** How intervals are made. */
export interface IntervalOptions {
  /** `none`: no intervals; `bootstrap`: resampling where rows or counts allow it, else the formula; `analytic`: formulas only. */
  readonly method: 'none' | 'bootstrap' | 'analytic';
  /** 0.5 to 0.999; 0.95 is usual. */
  readonly level: number;
  readonly seed: number;
  /** Bootstrap draws, 100 to 10,000. */
  readonly draws: number;
}

export const DEFAULT_INTERVALS: IntervalOptions = { method: 'bootstrap', level: 0.95, seed: 1, draws: 1_000 };
