import { ReproducibleSum } from '../../core/reproducible-sum.ts';
import { type Metric, metricOf, noMetric } from '../metric.ts';
import type { ItemTable } from './item-table.ts';

/** Column of an `ItemTable` that counts in how many queries an item is relevant. */
export const RELEVANT = 0;

/** Chance that an estimate's error is above its bound is under 1 in 10,000: four standard errors. */
const STANDARD_ERRORS = 4;

/** What the rows say besides the items' counts. */
export interface ItemTotals {
  readonly queries: number;
  /** Null: those that any row names. */
  readonly catalogueSize: number | null;
}

/**
 * Metrics over items at one depth k, with r(i) the number of queries in whose first k item i is, n(i) the number in which it is
 * relevant, and q queries:
 *
 * - coverage: items with r(i) > 0 over the catalogue (Ge et al. 2010)
 * - gini: Σ (2j - m - 1) r(j) / (m Σ r) over the m items of the catalogue by ascending r; 0 where all are recommended alike, near 1
 *   where a few take all
 * - novelty: mean over recommendations of -log₂((n(i) + 1) / (q + 1)), in bits (Zhou et al. 2010, PNAS 107:4511, with 1 added so
 *   that an item which is never relevant has a figure)
 * - diversity: 1 - the mean overlap of two queries' lists over the mean length of a list (Zhou et al. 2010): 0 where all get the
 *   same, 1 where no item is in two lists
 * - popularityBias: mean n(i) over recommendations, over the mean n(i) over relevant items, - 1 (Abdollahpouri et al. 2020): 0 where
 *   recommendations are as popular as what was right
 *
 * Where the table is but a sample of the items, coverage is estimated and the others are null: a few items may weigh most.
 */
export function itemQuality(
  table: ItemTable,
  depthIndex: number,
  totals: ItemTotals,
): Readonly<Record<string, Metric>> {
  const counts = readCounts(table, depthIndex);
  const coverage = coverageOf(counts, table, totals);
  if (counts.total === 0) {
    const none = noMetric('no row recommends anything');
    return { coverage, novelty: none, diversity: none, gini: none, popularityBias: none };
  }
  if (table.level > 0) {
    const none = noMetric(`there are more than ${table.items} different items, too many to count each`);
    return { coverage, novelty: none, diversity: none, gini: none, popularityBias: none };
  }
  return {
    coverage,
    novelty: metricOf(noveltyOf(counts, totals.queries), ''),
    diversity: diversityOf(counts, totals.queries),
    gini: metricOf(giniOf(counts, totals.catalogueSize), ''),
    popularityBias: popularityBiasOf(counts),
  };
}

/** r and n of each item, in one order. */
interface ItemCounts {
  readonly recommended: Float64Array;
  readonly relevant: Float64Array;
  /** Items with r > 0, and Σ r. */
  readonly distinct: number;
  readonly total: number;
}

/** A table's columns after the first count at which depth an item came in: those up to `depthIndex` are within k. */
function readCounts(table: ItemTable, depthIndex: number): ItemCounts {
  const [recommended, relevant] = [new Float64Array(table.items), new Float64Array(table.items)];
  let [item, distinct, total] = [0, 0, 0];
  table.forEach((counts, offset) => {
    let times = 0;
    for (let column = 1; column <= depthIndex + 1; column++) times += counts[offset + column] as number;
    recommended[item] = times;
    relevant[item] = counts[offset + RELEVANT] as number;
    if (times > 0) distinct += 1;
    total += times;
    item += 1;
  });
  return { recommended, relevant, distinct, total };
}

function coverageOf({ distinct }: ItemCounts, table: ItemTable, { catalogueSize }: ItemTotals): Metric {
  if (table.items === 0) return noMetric('no row names an item');
  const scale = 2 ** table.level;
  const seen = table.items * scale;
  const catalogue = Math.max(catalogueSize ?? seen, seen);
  const value = Math.min(1, (distinct * scale) / catalogue);
  if (table.level === 0) return { value };
  const relativeError =
    catalogueSize === null ? Math.sqrt((1 - value) / distinct) : Math.sqrt((scale - 1) / (distinct * scale));
  return { value, errorBound: Math.min(1, STANDARD_ERRORS * relativeError * value) };
}

function giniOf({ recommended, total }: ItemCounts, catalogueSize: number | null): number {
  const ascending = Float64Array.from(recommended).sort();
  const items = Math.max(catalogueSize ?? 0, ascending.length);
  const never = items - ascending.length;
  let weighted = 0;
  for (let i = 0; i < ascending.length; i++) {
    weighted += (2 * (never + i + 1) - items - 1) * (ascending[i] as number);
  }
  return weighted / (items * total);
}

function noveltyOf({ recommended, relevant, total }: ItemCounts, queries: number): number {
  const bits = new ReproducibleSum();
  for (let i = 0; i < recommended.length; i++) {
    const times = recommended[i] as number;
    if (times > 0) bits.add(times * Math.log2((queries + 1) / ((relevant[i] as number) + 1)));
  }
  return bits.value / total;
}

function diversityOf({ recommended, total }: ItemCounts, queries: number): Metric {
  if (queries < 2) return noMetric('diversity compares the lists of two queries or more');
  let shared = 0;
  for (const times of recommended) shared += times * (times - 1);
  return { value: 1 - shared / ((queries - 1) * total) };
}

function popularityBiasOf({ recommended, relevant, total }: ItemCounts): Metric {
  let [ofRecommended, ofRelevant, relevantTotal] = [0, 0, 0];
  for (let i = 0; i < recommended.length; i++) {
    const popularity = relevant[i] as number;
    ofRecommended += (recommended[i] as number) * popularity;
    ofRelevant += popularity * popularity;
    relevantTotal += popularity;
  }
  if (relevantTotal === 0) return noMetric('no row has a relevant item, from which popularity is known');
  return { value: ofRecommended / total / (ofRelevant / relevantTotal) - 1 };
}
