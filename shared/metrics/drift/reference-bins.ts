import { total } from './distances.ts';
import type { PairedCounts } from './number-counts.ts';

/** Counts by bin; `labels` are ranges or categories. */
export interface Bins {
  readonly labels: readonly string[];
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/**
 * Bins of about equal shares of the reference. Edge b of B is the least number with at least b / B of the reference at or below it;
 * equal edges are one; a bin takes what is above the edge before it, up to and with its own.
 */
export function referenceBins({ keys, reference, current }: PairedCounts<number>, bins: number): Bins {
  const all = total(reference);
  const edges: number[] = [];
  let [below, next] = [0, 1];
  keys.forEach((key, i) => {
    below += reference[i] as number;
    if (next >= bins || below * bins < all * next) return;
    edges.push(key);
    while (next < bins && below * bins >= all * next) next += 1;
  });
  const [ofReference, ofCurrent] = [new Float64Array(edges.length + 1), new Float64Array(edges.length + 1)];
  let bin = 0;
  keys.forEach((key, i) => {
    while (bin < edges.length && key > (edges[bin] as number)) bin += 1;
    ofReference[bin] = (ofReference[bin] as number) + (reference[i] as number);
    ofCurrent[bin] = (ofCurrent[bin] as number) + (current[i] as number);
  });
  return { labels: labelsOf(edges), reference: ofReference, current: ofCurrent };
}

function labelsOf(edges: readonly number[]): string[] {
  const texts = edges.map((edge) => String(Number(edge.toPrecision(6))));
  return [...texts, ''].map((text, i) => {
    if (i === texts.length) return i === 0 ? 'all' : `above ${texts[i - 1]}`;
    return i === 0 ? `up to ${text}` : `${texts[i - 1]} to ${text}`;
  });
}
