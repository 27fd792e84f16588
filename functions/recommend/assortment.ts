import { nearestTexts } from '../../shared/core/nearest-texts.ts';
import { setBounded } from '../../shared/core/set-bounded.ts';
import { textFeatures } from '../../shared/core/text-features.ts';
import type { CatalogueSnapshot, KnownItem } from '../../shared/customer/catalogue.ts';
import type { CatalogueReader } from '../../shared/customer/catalogue-reader.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { PackItems } from '../../shared/model/recommender-items.ts';
import type { RankingModel } from '../../shared/model/recommender-model.ts';

/** What is known of an item by which it can be chosen; the catalogue's word counts before the pack's. */
export interface Good {
  readonly title: string | undefined;
  readonly categories: readonly string[];
  readonly price: number | undefined;
  readonly isAvailable: boolean;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** An item of the catalogue that the pack does not know. */
export interface NewItem {
  readonly itemId: string;
  readonly good: Good;
  /** The known items that its words are like, the nearest first. */
  readonly nearest: readonly Neighbour[];
}

export interface Neighbour {
  /** The pack's index. */
  readonly index: number;
  /** Cosine of the two texts, above 0 and up to 1. */
  readonly similarity: number;
}

/** All that can be recommended to a tenant's users: what the pack knows, and what only the catalogue does. */
export interface Assortment {
  readonly items: PackItems;
  goodAt(index: number): Good;
  /** The catalogue's word on an item, or undefined. */
  find(itemId: string): KnownItem | undefined;
  /** Whether the catalogue calls no item of the pack unavailable. */
  readonly isAllAvailable: boolean;
  /** Compared with the known items when they are first asked for, which takes some hundred milliseconds for thousands. */
  newItems(): readonly NewItem[];
}

/** Gives tenants' assortments, each made once per pack and revision of the catalogue. */
export interface Assortments {
  of(caller: Pick<Caller, 'tenant' | 'defer'>, model: RankingModel): Promise<Assortment>;
}

/** Assortments kept for each pack. */
const MAX_TENANTS = 8;
/** New items that are scored, the newest. */
const MAX_NEW_ITEMS = 1_000;
/** Known items that they are compared with, the most popular. */
const MAX_COMPARED = 10_000;
const NEAREST = 10;
/** Below, two texts have little more in common than chance gives. */
const LEAST_SIMILARITY = 0.1;

const NOTHING_KNOWN: Good = {
  title: undefined,
  categories: [],
  price: undefined,
  isAvailable: true,
  attributes: {},
};

export function createAssortments(catalogues: CatalogueReader): Assortments {
  const byModel = new WeakMap<RankingModel, Map<string, { snapshot: CatalogueSnapshot | null; made: Assortment }>>();
  return {
    async of({ tenant, defer }, model) {
      const snapshot = await catalogues.read(tenant, defer);
      const kept = byModel.get(model) ?? new Map();
      byModel.set(model, kept);
      const known = kept.get(tenant);
      if (known?.snapshot === snapshot && known) return known.made;
      const made = createAssortment(model.items, snapshot?.items ?? []);
      setBounded(kept, tenant, { snapshot, made }, MAX_TENANTS);
      return made;
    },
  };
}

export function createAssortment(items: PackItems, catalogue: readonly KnownItem[]): Assortment {
  const told = new Map(catalogue.map((item) => [item.itemId, item]));
  const goodAt = (index: number): Good => goodOf(told.get(items.ids[index] as string), items, index);
  let newItems: readonly NewItem[] | undefined;
  return {
    items,
    goodAt,
    find: (itemId) => told.get(itemId),
    isAllAvailable: catalogue.every((item) => item.available !== false || items.indexOf(item.itemId) === undefined),
    newItems() {
      newItems ??= compare(items, goodAt, told, catalogue);
      return newItems;
    },
  };
}

function goodOf(item: KnownItem | undefined, items: PackItems, index: number): Good {
  return {
    // Packs write an empty title where they know none.
    title: (item?.title ?? items.titles?.[index]) || undefined,
    categories: item?.categories ?? items.categories?.[index] ?? [],
    price: item?.price ?? items.prices?.[index] ?? undefined,
    isAvailable: item?.available !== false,
    attributes: item?.attributes ?? {},
  };
}

function compare(
  items: PackItems,
  goodAt: (index: number) => Good,
  told: ReadonlyMap<string, KnownItem>,
  catalogue: readonly KnownItem[],
): NewItem[] {
  const fresh = catalogue
    .filter((item) => items.indexOf(item.itemId) === undefined)
    .sort((a, b) => Date.parse(b.firstSeenAt) - Date.parse(a.firstSeenAt))
    .slice(0, MAX_NEW_ITEMS);
  if (fresh.length === 0) return [];
  const compared = items.byPopularity.subarray(0, MAX_COMPARED);
  const known = Array.from(compared, (index) => featuresOf(goodAt(index), told.get(items.ids[index] as string)?.text));
  const goods = fresh.map((item) => ({ ...NOTHING_KNOWN, ...goodOfNew(item) }));
  const features = fresh.map((item, at) => featuresOf(goods[at] as Good, item.text));
  return nearestTexts(known, features, NEAREST).map((nearest, at) => ({
    itemId: (fresh[at] as KnownItem).itemId,
    good: goods[at] as Good,
    nearest: nearest
      .filter(({ similarity }) => similarity >= LEAST_SIMILARITY)
      .map(({ index, similarity }) => ({ index: compared[index] as number, similarity })),
  }));
}

function goodOfNew({ title, categories = [], price, available, attributes = {} }: KnownItem): Good {
  return { title, categories, price, isAvailable: available !== false, attributes };
}

function featuresOf({ title = '', categories, attributes }: Good, text = ''): Int32Array {
  const told = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  return textFeatures(`${title} ${text}`, [...categories, ...told]);
}
