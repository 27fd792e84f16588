import { setBounded } from '../../shared/core/set-bounded.ts';
import type { Assortment, Good } from './assortment.ts';
import type { Filter } from './contract.ts';

/** A filter made ready for an assortment. */
export interface CompiledFilter {
  /**
   * -Infinity for each item of the pack that does not pass, else what it has by its popularity; null where that is 0 for all. Never
   * to be changed.
   */
  readonly itemBias: Float32Array | null;
  readonly passes: (good: Good) => boolean;
  /** Where no item of the pack passes: why. */
  readonly emptyBecause: string | null;
}

/** Values kept for each assortment: 2 MB. */
const MAX_VALUES = 500_000;

const kept = new WeakMap<Assortment, Map<string, CompiledFilter>>();

/** The filter, compiled once for each text of it and assortment; passing items get `popularityWeight` × their popularity. */
export function filterOf(assortment: Assortment, filter: Filter = {}, popularityWeight = 0): CompiledFilter {
  const filters = kept.get(assortment) ?? new Map<string, CompiledFilter>();
  kept.set(assortment, filters);
  const text = `${popularityWeight} ${JSON.stringify(filter)}`;
  const known = filters.get(text);
  if (known) return known;
  const compiled = compile(assortment, filter, popularityWeight);
  const most = Math.max(1, Math.floor(MAX_VALUES / assortment.items.count));
  setBounded(filters, text, compiled, most);
  return compiled;
}

interface Condition {
  readonly passes: (good: Good) => boolean;
  /** Said when no item meets it. */
  readonly words: string;
}

function compile(assortment: Assortment, filter: Filter, popularityWeight: number): CompiledFilter {
  const conditions = conditionsOf(filter);
  const passes = (good: Good) => conditions.every((condition) => condition.passes(good));
  const isFree = conditions.every((condition) => condition === AVAILABLE) && assortment.isAllAvailable;
  if (isFree && popularityWeight === 0) return { itemBias: null, passes, emptyBecause: null };
  const { count, popularity } = assortment.items;
  const itemBias = new Float32Array(count);
  const met = new Int32Array(conditions.length);
  let passing = 0;
  for (let index = 0; index < count; index++) {
    const good = assortment.goodAt(index);
    let isPassing = true;
    conditions.forEach((condition, at) => {
      if (condition.passes(good)) met[at] = (met[at] as number) + 1;
      else isPassing = false;
    });
    if (isPassing) passing++;
    itemBias[index] = isPassing ? popularityWeight * (popularity[index] as number) : Number.NEGATIVE_INFINITY;
  }
  if (passing > 0) return { itemBias, passes, emptyBecause: null };
  const unmet = conditions.find((_, at) => met[at] === 0);
  return { itemBias, passes, emptyBecause: unmet?.words ?? 'No item meets all conditions of the filter together.' };
}

const AVAILABLE: Condition = { passes: (good) => good.isAvailable, words: 'No item is available.' };

function conditionsOf({ categories, attributes, price, includeUnavailable }: Filter): Condition[] {
  const conditions: Condition[] = [];
  if (price) conditions.push(priceCondition(price.min, price.max));
  if (categories) {
    const wanted = new Set(categories);
    conditions.push({
      passes: (good) => good.categories.some((category) => wanted.has(category)),
      words: 'No item is in any of filter.categories.',
    });
  }
  for (const [name, value] of Object.entries(attributes ?? {})) {
    const wanted = new Set(Array.isArray(value) ? value : [value]);
    conditions.push({
      passes: (good) => Object.hasOwn(good.attributes, name) && wanted.has(good.attributes[name] as string),
      words: 'No item has one of the attributes of filter.attributes with such a value.',
    });
  }
  if (!includeUnavailable) conditions.push(AVAILABLE);
  return conditions;
}

function priceCondition(min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Condition {
  return {
    passes: ({ price }) => price !== undefined && price >= min && price <= max,
    words:
      min > max
        ? 'filter.price contradicts itself: its min is above its max.'
        : 'No item has a price within filter.price.',
  };
}
