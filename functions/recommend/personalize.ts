import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { RecommendDeps } from './answer.ts';
import type {
  PersonalizeRankingRequest,
  PersonalizeRankingResponse,
  PersonalizeRequest,
  PersonalizeResponse,
  RankResponse,
} from './contract.ts';
import { rank } from './rank.ts';
import { recommendTo } from './recommend.ts';
import { similar } from './similar.ts';

/** As GetRecommendations gives them, 25 unless told. */
const DEFAULT_RESULTS = 25;

export async function recommendAsPersonalize(
  deps: RecommendDeps,
  { campaignArn, recommenderArn, userId, itemId, numResults: k = DEFAULT_RESULTS }: PersonalizeRequest,
  caller: Caller,
): Promise<Outcome<PersonalizeResponse>> {
  const named = modelOf(campaignArn ?? recommenderArn);
  const answer =
    userId === undefined
      ? await similar(deps, { ...named, itemId, k }, caller)
      : await recommendTo(deps, { ...named, userId, k, ...(itemId ? { context: { itemIds: [itemId] } } : {}) }, caller);
  if (!answer.ok) return answer;
  const { items, recommendationId } = answer.value;
  return ok({ itemList: toList(items), recommendationId });
}

export async function rankAsPersonalize(
  deps: RecommendDeps,
  { campaignArn, inputList, userId }: PersonalizeRankingRequest,
  caller: Caller,
): Promise<Outcome<PersonalizeRankingResponse>> {
  const answer = await rank(deps, { ...modelOf(campaignArn), userId, candidates: inputList }, caller);
  if (!answer.ok) return answer;
  const { items, recommendationId } = answer.value;
  return ok({ personalizedRanking: toList(items), recommendationId });
}

/** The last part of a resource name is the model's. */
function modelOf(arn: string | undefined): { model?: string } {
  return arn === undefined ? {} : { model: arn.slice(arn.lastIndexOf('/') + 1) };
}

function toList(items: RankResponse['items']): PersonalizeResponse['itemList'] {
  return items.map(({ itemId, score }) => ({ itemId, ...(score === undefined ? {} : { score }) }));
}
