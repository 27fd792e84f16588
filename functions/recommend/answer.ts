import type { Failure, Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Arm } from '../../shared/customer/arms.ts';
import type { ArmsReader } from '../../shared/customer/arms-reader.ts';
import { makeRecommendationId } from '../../shared/customer/recommendation-id.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { WeighedHistory } from '../../shared/model/history-weights.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { asRanking, type RankingModel, type RecommenderModel } from '../../shared/model/recommender-model.ts';
import type { Serving } from '../../shared/model/serving.ts';
import { useModel } from '../../shared/model/use-model.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Assortment, Assortments } from './assortment.ts';
import { chooseModel } from './chosen-model.ts';
import type { Ignored, Recommendation, UserRequest } from './contract.ts';
import { type HistoryDeps, readHistory, type UserEvent } from './history.ts';

export interface RecommendDeps extends HistoryDeps {
  readonly serving: Serving<RecommenderModel>;
  readonly assortments: Assortments;
  readonly arms: ArmsReader;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Who asks, and which model they name. */
export type Asked = Pick<UserRequest, 'userId' | 'history' | 'context' | 'sessionWeight' | 'model'>;

/** What an answer is worked out from. */
export interface Situation<M> {
  readonly model: M;
  readonly arm: Arm | null;
  readonly events: readonly UserEvent[];
  readonly nowMs: number;
}

/** Where an answer comes from. */
export type Origin = Pick<Recommendation, 'model' | 'arm' | 'recommendationId'>;

/** Reads the user's history, finds the arm and the model, and lets `work` answer; the answer says where it comes from. */
export async function answerWith<T extends object>(
  deps: RecommendDeps,
  asked: Asked,
  caller: Caller,
  work: (situation: Situation<RecommenderModel>) => Promise<Outcome<T>>,
): Promise<Outcome<T & Origin>> {
  const nowMs = deps.clock.now();
  const history = await readHistory(deps, caller.tenant, asked, nowMs);
  if (!history.ok) return history;
  const { pseudonym, events } = history.value;
  const chosen = await chooseModel(deps.arms, asked.model, pseudonym, caller);
  if (!chosen.ok) return chosen;
  const { arm } = chosen.value;
  const used = await useModel(deps.serving, caller, chosen.value.model, async (model) => {
    const answer = await work({ model, arm, events, nowMs });
    return answer.ok ? ok({ ...answer.value, ...originOf(deps, model.manifest, arm, nowMs) }) : answer;
  });
  if (used.ok) return used.value;
  return asked.model === undefined && used.failure.kind === 'not-found' ? fail(NO_OWN) : used;
}

const NO_OWN: Failure = {
  kind: 'not-found',
  detail:
    'There is no recommender of your own yet; one is made from your events. Until then name a model: GET /v1/models lists what there is.',
};

/** The same with a model that orders items, and what it can be asked for. */
export function rankWith<T extends object>(
  deps: RecommendDeps,
  asked: Asked,
  caller: Caller,
  work: (situation: Situation<RankingModel>, assortment: Assortment) => Promise<T>,
): Promise<Outcome<T & Origin>> {
  return answerWith(deps, asked, caller, async (situation) => {
    const ranking = asRanking(situation.model);
    if (!ranking.ok) return ranking;
    const assortment = await deps.assortments.of(caller, ranking.value);
    return ok(await work({ ...situation, model: ranking.value }, assortment));
  });
}

function originOf(deps: RecommendDeps, { name, version }: Manifest, arm: Arm | null, atMs: number): Origin {
  const named = arm === null ? {} : { arm: arm.name };
  return {
    model: { name, version },
    arm: arm?.name ?? null,
    recommendationId: makeRecommendationId({ model: name, version, ...named, atMs }, deps.randomBytes),
  };
}

/** What of a history did not count. */
export function toIgnored({ unknownItems, weightlessEvents, older }: WeighedHistory): Ignored {
  return {
    unknownItems,
    ...(weightlessEvents > 0 ? { weightlessEvents } : {}),
    ...(older.length > 0 ? { olderItems: older.length } : {}),
  };
}
