import { compareCodePoints } from '../../core/code-point-order.ts';
import { ReproducibleSum } from '../../core/reproducible-sum.ts';

/** Something shown to a customer, or followed by one, before a sale. */
export interface Touch {
  readonly user: string;
  readonly atMs: number;
  readonly kind: 'click' | 'view';
  readonly recommendationId?: string;
  /** Where it was: `mail`, `shop`, `push` … */
  readonly channel?: string;
  readonly itemId?: string;
}

export interface Sale {
  readonly eventId: string;
  /** Absent where the sale is kept without identity; only an id of its own attributes it then. */
  readonly user?: string;
  readonly atMs: number;
  /** Revenue; 0 where not known. */
  readonly value: number;
  readonly itemId?: string;
  /** Where the shop sent along which recommendation the sale came from. */
  readonly recommendationId?: string;
}

export interface AttributionSettings {
  /** Which of several touches a sale goes to. */
  readonly touch: 'first' | 'last';
  /** How long after a click a sale may come. */
  readonly clickWindowMs: number;
  /** How long after a mere view; 0 leaves views out (no view-through). */
  readonly viewWindowMs: number;
  /** Whether the sale must be of the item that was touched. */
  readonly sameItem: boolean;
}

const DAY_MS = 86_400_000;
export const DEFAULT_ATTRIBUTION: AttributionSettings = {
  touch: 'last',
  clickWindowMs: 7 * DAY_MS,
  viewWindowMs: DAY_MS,
  sameItem: false,
};

/** What a sale goes back to. `through` is null where it goes back to nothing. */
export interface AttributedSale {
  readonly sale: Sale;
  readonly through: 'sale' | 'click' | 'view' | null;
  readonly recommendationId: string | null;
  readonly channel: string | null;
}

/**
 * Each sale goes to at most one touch: the recommendation that it names itself, else the first or last click of the same user
 * within the window before it, else, view-through, the first or last view within its own window. Touches of the same moment are
 * taken in the order of their ids, so that the order of events changes nothing. That a sale followed a touch doesn't say that it
 * came from it: for that, compare with a holdout.
 */
export function attributeSales(
  touches: readonly Touch[],
  sales: readonly Sale[],
  settings: AttributionSettings = DEFAULT_ATTRIBUTION,
): AttributedSale[] {
  const byUser = Map.groupBy(touches, ({ user }) => user);
  for (const own of byUser.values()) own.sort(inOrder);
  return sales.map((sale) => {
    const own = sale.user === undefined ? [] : (byUser.get(sale.user) ?? []);
    if (sale.recommendationId !== undefined) return attributedByItself(sale, sale.recommendationId, own);
    const click = choose(own, sale, 'click', settings.clickWindowMs, settings);
    const touch = click ?? choose(own, sale, 'view', settings.viewWindowMs, settings);
    return {
      sale,
      through: touch?.kind ?? null,
      recommendationId: touch?.recommendationId ?? null,
      channel: touch?.channel ?? null,
    };
  });
}

/** The channel is that of the last touch of this recommendation, where the user had one. */
function attributedByItself(sale: Sale, recommendationId: string, own: readonly Touch[]): AttributedSale {
  const touch = own.findLast((each) => each.recommendationId === recommendationId && each.atMs <= sale.atMs);
  return { sale, through: 'sale', recommendationId, channel: touch?.channel ?? null };
}

function choose(
  own: readonly Touch[],
  sale: Sale,
  kind: Touch['kind'],
  windowMs: number,
  { touch, sameItem }: AttributionSettings,
): Touch | undefined {
  if (windowMs <= 0) return undefined;
  const fits = (each: Touch) =>
    each.kind === kind &&
    each.atMs <= sale.atMs &&
    sale.atMs - each.atMs <= windowMs &&
    (!sameItem || (each.itemId !== undefined && each.itemId === sale.itemId));
  return touch === 'first' ? own.find(fits) : own.findLast(fits);
}

function inOrder(a: Touch, b: Touch): number {
  return (
    a.atMs - b.atMs ||
    compareCodePoints(a.recommendationId ?? '', b.recommendationId ?? '') ||
    compareCodePoints(a.channel ?? '', b.channel ?? '')
  );
}

export interface AttributedTotal {
  /** Null: sales that go back to nothing. */
  readonly name: string | null;
  readonly sales: number;
  readonly revenue: number;
  readonly viewThroughSales: number;
}

/** Sales and revenue by recommendation, by channel or by another name, most revenue first, then by name; what goes back to nothing is last. */
export function attributionTotals(
  attributed: readonly AttributedSale[],
  by: 'recommendationId' | 'channel' | ((each: AttributedSale) => string | null),
): AttributedTotal[] {
  const groups = Map.groupBy(attributed, (each) => (typeof by === 'string' ? each[by] : by(each)));
  const totals = [...groups].map(([name, group]) => {
    const revenue = new ReproducibleSum();
    for (const { sale } of group) revenue.add(sale.value);
    const viewThroughSales = group.filter(({ through }) => through === 'view').length;
    return { name, sales: group.length, revenue: revenue.value, viewThroughSales };
  });
  return totals.sort(
    (a, b) =>
      Number(a.name === null) - Number(b.name === null) ||
      b.revenue - a.revenue ||
      compareCodePoints(a.name ?? '', b.name ?? ''),
  );
}
