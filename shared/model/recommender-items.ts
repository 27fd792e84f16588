import { z } from 'zod';
import { fail, ok, type Result } from '../core/result.ts';

/** `items.json`, schema version 1: what a recommender pack knows of its items, a column each, in the order of the graph. */
export const ItemsFileSchema = z.object({
  schemaVersion: z.literal(1),
  ids: z.array(z.string().min(1)).min(1),
  titles: z.array(z.string()).optional(),
  categories: z.array(z.array(z.string())).optional(),
  prices: z.array(z.number().nullable()).optional(),
  /** How much each was in demand until the end of the training data, with time decay; the largest is 1. */
  popularity: z.array(z.number().nonnegative()),
  firstSeenAt: z.array(z.string().nullable()).optional(),
  lastSeenAt: z.array(z.string().nullable()).optional(),
});

export type ItemsFile = z.infer<typeof ItemsFileSchema>;

/** The items of a loaded pack; an index is the graph's own. */
export interface PackItems {
  readonly count: number;
  readonly ids: readonly string[];
  readonly titles: readonly string[] | undefined;
  readonly categories: readonly (readonly string[])[] | undefined;
  readonly prices: readonly (number | null)[] | undefined;
  readonly popularity: readonly number[];
  /** Indexes, the most popular first. */
  readonly byPopularity: Int32Array;
  /** The index of an id, or undefined. */
  indexOf(id: string): number | undefined;
}

/** Reads `items.json`; what is wrong with it is told in words. */
export function readItems(bytes: Uint8Array, itemCount: number): Result<PackItems, { readonly reason: string }> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return fail({ reason: 'it is not JSON' });
  }
  const parsed = ItemsFileSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail({ reason: `${issue?.path.join('.')}: ${issue?.message}` });
  }
  const uneven = Object.entries(parsed.data).find(([, column]) => Array.isArray(column) && column.length !== itemCount);
  if (uneven) return fail({ reason: `${uneven[0]} does not have an entry for each of ${itemCount} items` });
  return indexItems(parsed.data);
}

function indexItems(file: ItemsFile): Result<PackItems, { readonly reason: string }> {
  const indexes = new Map<string, number>();
  file.ids.forEach((id, index) => {
    indexes.set(id, index);
  });
  if (indexes.size !== file.ids.length) return fail({ reason: 'an id is there twice' });
  const { ids, titles, categories, prices, popularity } = file;
  return ok({
    count: ids.length,
    ids,
    titles,
    categories,
    prices,
    popularity,
    byPopularity: orderByPopularity(popularity),
    indexOf: (id) => indexes.get(id),
  });
}

function orderByPopularity(popularity: readonly number[]): Int32Array {
  const order = Int32Array.from(popularity, (_, index) => index);
  return order.sort((a, b) => (popularity[b] as number) - (popularity[a] as number) || a - b);
}
