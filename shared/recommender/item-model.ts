import { topK } from '../core/top-k.ts';
import { type CoOccurrence, createCoOccurrence } from './co-occurrence.ts';
import { type ItemWeights, solveEase } from './ease.ts';
import type { EventColumns } from './event-log.ts';
import { itemSums, selectItems, toInteractions } from './interactions.ts';
import { type Neighbours, nearestNeighbours } from './neighbours.ts';

/** How a tenant's item model is learned. */
export interface ItemModelSettings {
  readonly eventWeights: Readonly<Record<string, number>>;
  /** An event this old counts half, of what is learned from and of a history that is scored; `null`: age does not matter. */
  readonly halfLifeDays: number | null;
  readonly popularityHalfLifeDays: number;
  /** Items of a history that are scored at most, the newest. */
  readonly maxHistory: number;
  readonly maxItemsPerUser: number;
  /** Items of the model: those most popular lately. */
  readonly maxItems: number;
  /** The most popular of them, whose weights are solved together (EASE); the others have bought-together weights. */
  readonly solvedItems: number;
  /** L2 of the solution, in multiples of the mean diagonal of XᵀX, so that it fits shops of any size. */
  readonly relativeL2: number;
  /** What a cosine counts beside a solved weight. */
  readonly cosineScale: number;
  /** Neighbours that are kept of each item. */
  readonly neighbours: number;
}

/** What was learned; items are numbered by popularity, the most popular first. */
export interface ItemModel {
  /** Index of each item among the events' `itemIds`. */
  readonly items: Uint32Array;
  /** Time-decayed, the largest 1; in the order of `items`. */
  readonly popularity: Float64Array;
  readonly neighbours: Neighbours;
  readonly solvedItems: number;
  /** Items with interactions that found no place. */
  readonly droppedItems: number;
}

/** Memory and turns that learning may use. */
export interface Workspace {
  /** For the matrix: see `createSymmetricTiles`. */
  readonly memory?: Float64Array;
  readonly pause: () => Promise<void>;
}

/** Learns from the events before `untilMs`; `null` where none of them counts. */
export async function learnItemModel(
  events: EventColumns,
  settings: ItemModelSettings,
  untilMs: number,
  workspace: Workspace,
): Promise<ItemModel | null> {
  const { eventWeights, maxItemsPerUser } = settings;
  const shared = { eventWeights, untilMs, maxItemsPerUser };
  const recent = toInteractions(events, { ...shared, halfLifeDays: settings.popularityHalfLifeDays });
  const sums = itemSums(recent);
  const ranked = Uint32Array.from(sums.keys())
    .filter((item) => (sums[item] as number) > 0)
    .sort((a, b) => (sums[b] as number) - (sums[a] as number) || a - b);
  if (ranked.length === 0) return null;
  const items = ranked.slice(0, settings.maxItems);
  const matrix = toInteractions(events, { ...shared, halfLifeDays: settings.halfLifeDays });
  const interactions = selectItems(matrix, items);
  const counts = createCoOccurrence(interactions);
  const solvedItems = Math.min(settings.solvedItems, items.length);
  const weights = await itemWeights(counts, solvedItems, settings, workspace);
  const width = Math.min(settings.neighbours, items.length);
  const most = sums[items[0] as number] as number;
  return {
    items,
    popularity: Float64Array.from(items, (item) => (sums[item] as number) / most),
    neighbours: await nearestNeighbours(weights, width, workspace.pause),
    solvedItems,
    droppedItems: ranked.length - items.length,
  };
}

/**
 * Solved weights between the first `solvedItems` items, scaled cosines of bought together between all others. On the orders of
 * uci-online-retail (3,636 items) 2,000 solved items rank as well as all of them at a third of the time, and far better than cosines
 * alone: test/bench/results/rebuild.md.
 */
async function itemWeights(
  counts: CoOccurrence,
  solvedItems: number,
  settings: ItemModelSettings,
  workspace: Workspace,
): Promise<ItemWeights> {
  const l2 = settings.relativeL2 * mean(counts.diagonal.subarray(0, solvedItems));
  const solved = await solveEase(counts, { l2, itemCount: solvedItems, ...workspace });
  const lengths = counts.diagonal.map(Math.sqrt);
  return {
    itemCount: counts.itemCount,
    readRow(i, row) {
      if (solvedItems < counts.itemCount || i >= solvedItems) {
        counts.readRow(i, row);
        const factor = settings.cosineScale / (lengths[i] as number);
        for (let j = 0; j < counts.itemCount; j++) row[j] = ((row[j] as number) * factor) / (lengths[j] as number);
        row[i] = 0;
      }
      if (i < solvedItems) solved.readRow(i, row);
    },
  };
}

/** The items that a ranking shows first. */
export function bestItems(scores: Float64Array, seen: Iterable<number>, k: number): number[] {
  for (const item of seen) scores[item] = Number.NEGATIVE_INFINITY;
  return topK(scores, k, -Number.MAX_VALUE);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
