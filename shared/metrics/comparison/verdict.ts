import type { IntervalOptions } from '../evaluation.ts';
import type { Metrics } from '../metric.ts';
import type { ComparisonState } from './comparison-state.ts';

/** A figure that decides, as a sentence says it. */
interface Deciding {
  readonly name: string;
  /** +1: a greater figure is better. */
  readonly better: 1 | -1;
  /** The difference in words: `1.20 more right answers per 100 rows`. */
  readonly words: (difference: number) => string;
  /** Both ends of the interval, with the sign of the difference. */
  readonly edge: (edge: number) => string;
}

const RIGHT_ANSWERS: Deciding = {
  name: 'accuracyDifference',
  better: 1,
  words: (difference) =>
    `${fixed(100 * Math.abs(difference))} ${difference < 0 ? 'fewer' : 'more'} right answers per 100 rows`,
  edge: (edge) => signed(100 * edge),
};

const AREA: Deciding = {
  name: 'rocAucDifference',
  better: 1,
  words: (difference) =>
    `the area under the ROC curve is ${precise(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'}`,
  edge: (edge) => signedPrecise(edge),
};

const ERROR: Deciding = {
  name: 'maeDifference',
  better: -1,
  words: (difference) =>
    `it is ${precise(Math.abs(difference))} ${difference < 0 ? 'closer' : 'farther off'} on average`,
  edge: (edge) => signedPrecise(edge),
};

const QUALITY: Deciding = {
  name: 'qualityDifference',
  better: 1,
  words: (difference) =>
    `the quality of its rankings is ${precise(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'}`,
  edge: (edge) => signedPrecise(edge),
};

const OF_KIND = {
  ranking: [QUALITY],
  'binary-classification': [AREA, RIGHT_ANSWERS],
  classification: [RIGHT_ANSWERS],
  regression: [ERROR],
};

/**
 * A sentence for each figure that decides: better or worse where the interval leaves 0 out, else that no difference can be told, with
 * how many rows would tell one of this size (as the interval narrows with the root of the rows).
 */
export function verdictOf(state: ComparisonState, metrics: Metrics, { level }: IntervalOptions): string[] {
  return OF_KIND[state.settings.kind].flatMap((deciding) => {
    const { value, interval } = metrics[deciding.name] ?? { value: null };
    if (value === null || value === undefined) return [];
    if (interval === undefined) return [`The candidate and the baseline: ${deciding.words(value)}.`];
    const [low, high] = interval;
    const range = `(${precise(100 * level)} %: ${deciding.edge(low)} to ${deciding.edge(high)})`;
    if (low > 0 || high < 0) {
      const isBetter = deciding.better * value > 0;
      return [`The candidate is ${isBetter ? 'better' : 'worse'}: ${deciding.words(value)} ${range}.`];
    }
    const more = rowsToTell(value, (high - low) / 2, state.rows);
    return [`No difference can be told: ${deciding.words(value)} ${range}${more}.`];
  });
}

function rowsToTell(difference: number, halfWidth: number, rows: number): string {
  const factor = (halfWidth / Math.abs(difference)) ** 2;
  // A difference next to nothing would take more rows than anybody has.
  if (!Number.isFinite(factor) || factor > 1000) return '';
  const needed = Number((rows * factor).toPrecision(2));
  return needed > rows ? `; about ${needed} rows would tell one of this size` : '';
}

function fixed(value: number): string {
  return value.toFixed(2);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${fixed(Math.abs(value))}`;
}

/** Three digits that count, without an exponent for usual sizes. */
function precise(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function signedPrecise(value: number): string {
  return `${value < 0 ? '−' : '+'}${precise(Math.abs(value))}`;
}
