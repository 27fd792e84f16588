import {
  type RankResponse,
  RankResponseSchema,
  type RecommendResponse,
  RecommendResponseSchema,
} from '../../functions/recommend/contract.ts';
import type { CatalogueItem } from '../../shared/customer/catalogue.ts';
import { seedCatalogue } from './seed-customers.ts';
import { seedKey } from './seed-store.ts';
import { jsonOf, KEYS, post, type UseServer } from './test-server.ts';

export const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
export const idsOf = ({ items }: Pick<RankResponse, 'items'>) => items.map(({ itemId }) => itemId);
export const scoresOf = ({ items }: Pick<RankResponse, 'items'>) =>
  Object.fromEntries(items.map(({ itemId, score }) => [itemId, score]));

/** Calls of the function `recommend` with the tiny pack `kitchen`, unless another is named; answers are held to the contract. */
export function createRecommendClient(useServer: UseServer) {
  const send = (body: object, path = '', key: string = KEYS.all) =>
    useServer().fetch(`/v1/recommend${path}`, post({ model: 'kitchen', ...body }, key));
  const recommend = async (body: object, key?: string): Promise<RecommendResponse> =>
    RecommendResponseSchema.parse(await jsonOf(await send(body, '', key)));
  const similar = async (body: object, key?: string): Promise<RecommendResponse> =>
    RecommendResponseSchema.parse(await jsonOf(await send(body, '/similar', key)));
  const rank = async (body: object, key?: string): Promise<RankResponse> =>
    RankResponseSchema.parse(await jsonOf(await send(body, '/rank', key)));

  /** A tenant of its own, whose catalogue no request has read yet. */
  async function tenantWith(items: readonly CatalogueItem[]): Promise<string> {
    const tenant = `t${crypto.randomUUID().slice(0, 8)}`;
    const key = `em_key-of-the-tenant-${tenant}`;
    await seedKey(useServer().store, key, { tenant });
    await seedCatalogue(useServer().store, tenant, 'r1', items);
    return key;
  }

  return { send, recommend, similar, rank, tenantWith };
}
