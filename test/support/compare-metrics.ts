import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Evaluation } from '../../shared/metrics/evaluation.ts';

/** Cases of a file that a script of test/parity made, with what made it. */
export interface Vectors<Case> {
  readonly provenance: { readonly command: string; readonly versions: Readonly<Record<string, string>> };
  readonly cases: readonly Case[];
}

export function readVectors<Case>(name: string): Vectors<Case> {
  const path = fileURLToPath(new URL(`../parity/evaluation-vectors/${name}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as Vectors<Case>;
}

/** What an oracle says by metric; `…Lower` and `…Upper` are the edges of a metric's interval. */
export type Expected = Readonly<Record<string, number | null>>;

/** Figures that are further from the oracle's than `tolerance` (absolute below 1, relative above), or missing, or not null as they should be. */
export function deviations(evaluation: Evaluation, expected: Expected, tolerance: number): string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const found = figure(evaluation, name);
    if (wanted === null || found === null || found === undefined) {
      return found === wanted ? [] : [`${name}: ${found} instead of ${wanted}`];
    }
    const apart = Math.abs(found - wanted) / Math.max(1, Math.abs(wanted));
    return apart <= tolerance ? [] : [`${name}: ${found} instead of ${wanted}`];
  });
}

/** Largest deviation from the oracle, as `deviations` measures it. */
export function largestDeviation(evaluation: Evaluation, expected: Expected): number {
  const apart = Object.entries(expected).map(([name, wanted]) => {
    const found = figure(evaluation, name);
    if (wanted === null || found === null || found === undefined) return 0;
    return Math.abs(found - wanted) / Math.max(1, Math.abs(wanted));
  });
  return Math.max(0, ...apart);
}

function figure({ metrics }: Evaluation, name: string): number | null | undefined {
  const edge = name.endsWith('Lower') ? 0 : 1;
  const metric = metrics[name] ?? metrics[name.replace(/(Lower|Upper)$/, '')];
  return metrics[name] === undefined ? metric?.interval?.[edge] : metric?.value;
}

/** Names of figures that are no finite numbers, or null without a reason, or whose interval is none around them. */
export function malformed({ metrics }: Evaluation): string[] {
  return Object.entries(metrics).flatMap(([name, { value, reason, interval }]) => {
    if (value === null) return reason === undefined ? [`${name}: null without a reason`] : [];
    if (!Number.isFinite(value)) return [`${name}: ${value}`];
    if (interval === undefined) return [];
    const [low, high] = interval;
    return Number.isFinite(low) && Number.isFinite(high) && low <= high ? [] : [`${name}: [${low}, ${high}]`];
  });
}
