import { expect, test } from 'vitest';
import type { RebuiltResponse } from '../../../functions/rebuild/contract.ts';
import type { RecommendResponse } from '../../../functions/recommend/contract.ts';
import { onceDelivered } from '../collected.ts';
import { seedKey } from '../seed-store.ts';
import { bearer, jsonOf, post, type UseServer } from '../test-server.ts';

const KEY = 'em_key-of-the-shop-with-a-loop';
/** Customers of this shop buy either for the kitchen or for the garden, three things of five. */
const KITCHEN = ['mug', 'teapot', 'pan', 'apron', 'spoon'];
const GARDEN = ['spade', 'rake', 'hose', 'gloves', 'pot'];
const CUSTOMERS_A_KIND = 20;

/** From what customers did to what they are shown: collect, rebuild and recommend together. */
export function describeLoop(useServer: UseServer): void {
  const tell = async (events: readonly object[]) => {
    await jsonOf(await useServer().fetch('/v1/events', post({ events }, KEY)), 202);
  };
  const rebuild = async () => (await jsonOf(await useServer().fetch('/v1/rebuild', post({}, KEY)))) as RebuiltResponse;
  const recommend = async (userId: string) =>
    (await jsonOf(await useServer().fetch('/v1/recommend', post({ userId, k: 2 }, KEY)))) as RecommendResponse;

  test('a shop that has told nothing yet is told so', async () => {
    await seedKey(useServer().store, KEY, { tenant: 'loop' });
    expect(await rebuild()).toMatchObject({ outcome: 'nothing-to-learn', model: null });
  });

  test('what customers did is learned, shown, changed by the next event and forgotten on demand', async () => {
    await tell(purchases());
    await useServer().deliver();
    const built = await rebuild();
    expect(built).toMatchObject({ outcome: 'rebuilt', model: { name: 'own' }, items: 10 });
    expect(await rebuild()).toMatchObject({ outcome: 'unchanged', model: built.model });

    await tell([purchase('anna', 'mug', 0), purchase('anna', 'pan', 1)]);
    await onceDelivered(useServer, async () => {
      const { items, model } = await recommend('anna');
      expect(model).toEqual(built.model);
      for (const { itemId } of items) expect(KITCHEN).toContain(itemId);
      expect(items[0]?.reasons).toContainEqual(expect.objectContaining({ because: expect.stringMatching(/mug|pan/) }));
    });

    await tell([purchase('anna', 'spade', 2), purchase('anna', 'rake', 3), purchase('anna', 'hose', 4)]);
    await onceDelivered(useServer, async () => {
      const { items } = await recommend('anna');
      expect(items.some(({ itemId }) => GARDEN.includes(itemId))).toBe(true);
    });

    const erased = await useServer().fetch('/v1/users/anna', { method: 'DELETE', headers: bearer(KEY) });
    expect(erased.status).toBeLessThan(300);
    const { items } = await recommend('anna');
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(JSON.stringify(item.reasons)).not.toContain('because');
  });
}

function purchases(): object[] {
  return [KITCHEN, GARDEN].flatMap((kind, at) =>
    Array.from({ length: CUSTOMERS_A_KIND }, (_, customer) =>
      [0, 1, 2].map((step) => purchase(`c${at}-${customer}`, kind[(customer + step) % 5] as string, step)),
    ).flat(),
  );
}

function purchase(userId: string, itemId: string, minute: number): object {
  const at = new Date(Date.UTC(2026, 4, 1, 10, minute)).toISOString();
  return { eventId: `${userId}-${itemId}`, type: 'purchase', userId, itemId, at, value: 1 };
}
