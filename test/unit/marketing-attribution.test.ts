import { describe, expect, test } from 'vitest';
import {
  type AttributionSettings,
  attributeSales,
  attributionTotals,
  DEFAULT_ATTRIBUTION,
  type Sale,
  type Touch,
} from '../../shared/metrics/marketing/attribution.ts';

const HOUR = 3_600_000;

const touch = (atHour: number, kind: Touch['kind'], recommendationId: string, more: Partial<Touch> = {}): Touch => ({
  user: 'anna',
  atMs: atHour * HOUR,
  kind,
  recommendationId,
  ...more,
});
const sale = (atHour: number, more: Partial<Sale> = {}): Sale => ({
  eventId: `s${atHour}`,
  user: 'anna',
  atMs: atHour * HOUR,
  value: 10,
  ...more,
});
const idOf = (touches: Touch[], one: Sale, settings: Partial<AttributionSettings> = {}) =>
  attributeSales(touches, [one], { ...DEFAULT_ATTRIBUTION, ...settings })[0]?.recommendationId;

describe('a sale goes to', () => {
  const clicks = [touch(1, 'click', 'r1'), touch(5, 'click', 'r2'), touch(9, 'click', 'r3')];

  test('the last click before it, or the first where that is asked for', () => {
    expect(idOf(clicks, sale(8))).toBe('r2');
    expect(idOf(clicks, sale(8), { touch: 'first' })).toBe('r1');
    expect(idOf(clicks, sale(9))).toBe('r3');
  });

  test('no click that is older than the window, nor of another user', () => {
    expect(idOf(clicks, sale(8), { touch: 'first', clickWindowMs: 3 * HOUR })).toBe('r2');
    expect(idOf(clicks, sale(8), { clickWindowMs: 2 * HOUR })).toBeNull();
    expect(idOf(clicks, sale(8, { user: 'ben' }))).toBeNull();
  });

  test('a view only where there is no click, and where views count', () => {
    expect(idOf([...clicks, touch(7, 'view', 'v1')], sale(8))).toBe('r2');
    expect(idOf([touch(7, 'view', 'v1')], sale(8))).toBe('v1');
    expect(idOf([touch(7, 'view', 'v1')], sale(8), { viewWindowMs: 0 })).toBeNull();
    expect(idOf([touch(7, 'view', 'v1')], sale(40))).toBeNull();
  });

  test('the recommendation that it names itself, whoever bought', () => {
    const [found] = attributeSales(
      [...clicks, touch(2, 'view', 'own', { channel: 'mail' })],
      [sale(8, { recommendationId: 'own' })],
    );
    expect(found).toMatchObject({ through: 'sale', recommendationId: 'own', channel: 'mail' });
    const { user: _, ...anonymous } = sale(8, { recommendationId: 'own' });
    expect(idOf(clicks, anonymous)).toBe('own');
  });

  test('a touch of the same item where that is asked for', () => {
    const touches = [touch(1, 'click', 'r1', { itemId: 'shoe' }), touch(5, 'click', 'r2', { itemId: 'hat' })];
    expect(idOf(touches, sale(8, { itemId: 'shoe' }), { sameItem: true })).toBe('r1');
    expect(idOf(touches, sale(8), { sameItem: true })).toBeNull();
  });
});

test('the order of events changes nothing', () => {
  const touches = [touch(1, 'click', 'b'), touch(1, 'click', 'a'), touch(1, 'click', 'c')];
  expect(idOf(touches, sale(2))).toBe(idOf(touches.toReversed(), sale(2)));
  expect(idOf(touches, sale(2))).toBe('c');
});

test('totals are by recommendation or channel, what goes back to nothing last', () => {
  const touches = [touch(1, 'click', 'r1', { channel: 'mail' }), touch(50, 'view', 'r2', { channel: 'shop' })];
  const attributed = attributeSales(
    touches,
    [sale(2), sale(3, { value: 0.1 }), sale(51, { value: 5 }), sale(60, { user: 'ben', value: 99 })],
    {
      ...DEFAULT_ATTRIBUTION,
      clickWindowMs: 24 * HOUR,
    },
  );
  expect(attributionTotals(attributed, 'channel')).toEqual([
    { name: 'mail', sales: 2, revenue: 10.1, viewThroughSales: 0 },
    { name: 'shop', sales: 1, revenue: 5, viewThroughSales: 1 },
    { name: null, sales: 1, revenue: 99, viewThroughSales: 0 },
  ]);
});
