import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { asRating, type RatingModel } from '../../shared/model/recommender-model.ts';
import { answerWith, type RecommendDeps } from './answer.ts';
import type { RatingRequest, RatingResponse } from './contract.ts';
import type { UserEvent } from './history.ts';

const RATING = 'rating';
const NOTHING_RATED = 'The model knows none of the items that were rated: these are predictions for somebody unknown.';

/** Predicts what a user would rate the items, by the ratings that the user gave; without any, as for somebody unknown. */
export async function rating(
  deps: RecommendDeps,
  request: RatingRequest,
  caller: Caller,
): Promise<Outcome<RatingResponse>> {
  const answer = await answerWith(deps, request, caller, async (situation) => {
    const model = asRating(situation.model);
    if (!model.ok) return model;
    const given = readRatings(situation.events, model.value);
    return ok({
      ratings: await predict(model.value, given, request.itemIds),
      ignored: { unknownItems: given.unknownItems },
      ...(given.ids.length > 0 ? {} : { note: NOTHING_RATED }),
    });
  });
  return answer.ok ? ok({ ...answer.value, requestId: caller.requestId }) : answer;
}

interface GivenRatings {
  readonly ids: readonly number[];
  readonly ratings: readonly number[];
  readonly unknownItems: number;
}

/** The newest rating of each item, within the scale, as many as the pack reads. */
function readRatings(events: readonly UserEvent[], { items, settings }: RatingModel): GivenRatings {
  const [least, most] = settings.ratingScale ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const byIndex = new Map<number, number>();
  let unknownItems = 0;
  const newestFirst = [...events].sort((a, b) => (b.atMs ?? Number.MAX_VALUE) - (a.atMs ?? Number.MAX_VALUE));
  for (const { itemId, type = RATING, value } of newestFirst) {
    if (value === undefined || type !== RATING) continue;
    const index = items.indexOf(itemId);
    if (index === undefined) unknownItems++;
    else if (!byIndex.has(index) && byIndex.size < settings.maxHistory) {
      byIndex.set(index, Math.min(most, Math.max(least, value)));
    }
  }
  return { ids: [...byIndex.keys()], ratings: [...byIndex.values()], unknownItems };
}

async function predict(
  model: RatingModel,
  given: GivenRatings,
  itemIds: readonly string[],
): Promise<RatingResponse['ratings']> {
  const { items } = model;
  const asked = itemIds.map((itemId) => ({ itemId, index: items.indexOf(itemId) }));
  const candidateIds = asked.flatMap(({ index }) => index ?? []);
  const query = { historyIds: given.ids, historyRatings: given.ratings, candidateIds };
  const ratings = candidateIds.length > 0 ? await model.rate(query) : null;
  let next = 0;
  return asked.map(({ itemId, index }) => {
    const title = index === undefined ? undefined : items.titles?.[index];
    const predicted = index === undefined ? undefined : ratings?.[next++];
    return { itemId, ...(title === undefined ? {} : { title }), rating: predicted ?? null };
  });
}
