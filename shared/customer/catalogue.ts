import { z } from 'zod';
import { ItemIdSchema } from './event.ts';

/** Items that a snapshot holds at most: it lies in the memory of every function that recommends, 28 MB where titles are short. */
export const MAX_CATALOGUE_ITEMS = 100_000;

const AttributeValueSchema = z.union([z.string().max(200), z.number(), z.boolean()]);

/** An item as a shop describes it. */
export const CatalogueItemSchema = z.object({
  itemId: ItemIdSchema,
  title: z.string().max(500).optional(),
  /** What new items are compared by, beside the title. */
  text: z.string().max(2_000).optional(),
  categories: z.array(z.string().min(1).max(200)).max(20).optional(),
  /** In the shop's currency. */
  price: z.number().nonnegative().optional(),
  available: z.boolean().optional(),
  attributes: z.record(z.string().min(1).max(64), AttributeValueSchema).optional(),
  /** A picture under the tenant's images. */
  imageKey: z.string().max(1024).optional(),
});

/** An item in a snapshot: with when it was first and last told of. */
export const KnownItemSchema = CatalogueItemSchema.extend({
  firstSeenAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Known from orders only; whatever the catalogue itself says of it holds. */
  derived: z.literal(true).optional(),
});

/** `catalogue/{revision}.json.gz`, schema version 1: all items of a tenant, by id. */
export const CatalogueSnapshotSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  items: z.array(KnownItemSchema).max(MAX_CATALOGUE_ITEMS),
});

/** `catalogue/current.json`, schema version 1: which snapshot holds. */
export const CataloguePointerSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string().min(1),
  updatedAt: z.iso.datetime(),
});

export type CatalogueItem = z.infer<typeof CatalogueItemSchema>;
export type KnownItem = z.infer<typeof KnownItemSchema>;
export type CatalogueSnapshot = z.infer<typeof CatalogueSnapshotSchema>;

/** An item that a request told of, with the moment of the request. */
export interface ItemUpdate extends CatalogueItem {
  readonly receivedAt: string;
  readonly derived?: true;
}

/**
 * The items with the updates in them, in the order of ids. The newest word on an item replaces all that was said of it before, but what
 * orders say never replaces what the catalogue says; so updates may come twice and in any order.
 */
export function applyItemUpdates(items: readonly KnownItem[], updates: readonly ItemUpdate[]): KnownItem[] {
  const known = new Map(items.map((item) => [item.itemId, item]));
  for (const { receivedAt, ...item } of updates) {
    const before = known.get(item.itemId);
    known.set(
      item.itemId,
      before
        ? newer(before, { ...item, firstSeenAt: receivedAt, updatedAt: receivedAt })
        : {
            ...item,
            firstSeenAt: receivedAt,
            updatedAt: receivedAt,
          },
    );
  }
  return [...known.values()].sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
}

function newer(a: KnownItem, b: KnownItem): KnownItem {
  const difference = rank(b) - rank(a) || Date.parse(b.updatedAt) - Date.parse(a.updatedAt);
  // Of two words of the same moment the same one stays, whichever came first.
  const winner = difference > 0 || (difference === 0 && JSON.stringify(b) < JSON.stringify(a)) ? b : a;
  const [firstSeenAt] = [a.firstSeenAt, b.firstSeenAt].sort() as [string, string];
  return winner.firstSeenAt === firstSeenAt ? winner : { ...winner, firstSeenAt };
}

function rank({ derived }: KnownItem): number {
  return derived ? 0 : 1;
}
