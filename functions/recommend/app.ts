import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import type { RecommendDeps } from './answer.ts';
import { deleteArms, listArms, putArms, showArms } from './arms.ts';
import {
  ArmsDeleteQuerySchema,
  ArmsListQuerySchema,
  ArmsParamsSchema,
  ArmsRequestSchema,
  deleteArmsRoute,
  listArmsRoute,
  MAX_ARMS_BODY_BYTES,
  MAX_BODY_BYTES,
  PersonalizeRankingRequestSchema,
  PersonalizeRequestSchema,
  personalizeRankingRoute,
  personalizeRoute,
  putArmsRoute,
  RankRequestSchema,
  RatingRequestSchema,
  RecommendRequestSchema,
  rankRoute,
  ratingRoute,
  recommendRoute,
  SimilarRequestSchema,
  showArmsRoute,
  similarRoute,
} from './contract.ts';
import { rankAsPersonalize, recommendAsPersonalize } from './personalize.ts';
import { rank } from './rank.ts';
import { rating } from './rating.ts';
import { recommend } from './recommend.ts';
import { similar } from './similar.ts';

export type Deps = HttpDeps & RecommendDeps;

const scope = 'recommend';
const writeScope = 'recommend:write';
const limitBytes = MAX_BODY_BYTES;

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  mountRecommend(app, deps);
  mountArms(app, deps);
  return app;
}

function mountRecommend(app: App, deps: Deps): void {
  mount(
    app,
    deps,
    { route: recommendRoute, scope, body: { schema: RecommendRequestSchema, limitBytes } },
    ({ body }, caller) => recommend(deps, body, caller),
  );
  mount(
    app,
    deps,
    { route: similarRoute, scope, body: { schema: SimilarRequestSchema, limitBytes } },
    ({ body }, caller) => similar(deps, body, caller),
  );
  mount(app, deps, { route: rankRoute, scope, body: { schema: RankRequestSchema, limitBytes } }, ({ body }, caller) =>
    rank(deps, body, caller),
  );
  mount(
    app,
    deps,
    { route: ratingRoute, scope, body: { schema: RatingRequestSchema, limitBytes } },
    ({ body }, caller) => rating(deps, body, caller),
  );
  mount(
    app,
    deps,
    { route: personalizeRoute, scope, body: { schema: PersonalizeRequestSchema, limitBytes } },
    ({ body }, caller) => recommendAsPersonalize(deps, body, caller),
  );
  mount(
    app,
    deps,
    { route: personalizeRankingRoute, scope, body: { schema: PersonalizeRankingRequestSchema, limitBytes } },
    ({ body }, caller) => rankAsPersonalize(deps, body, caller),
  );
}

function mountArms(app: App, deps: Deps): void {
  const params = ArmsParamsSchema;
  mount(
    app,
    deps,
    {
      route: putArmsRoute,
      scope: writeScope,
      params,
      body: { schema: ArmsRequestSchema, limitBytes: MAX_ARMS_BODY_BYTES },
    },
    ({ params: { name }, body }, caller) => putArms(deps, name, body, caller),
  );
  mount(app, deps, { route: listArmsRoute, scope, query: ArmsListQuerySchema }, ({ query }, caller) =>
    listArms(deps, query, caller),
  );
  mount(app, deps, { route: showArmsRoute, scope, params }, ({ params: { name } }, caller) =>
    showArms(deps, name, caller),
  );
  mount(
    app,
    deps,
    { route: deleteArmsRoute, scope: writeScope, params, query: ArmsDeleteQuerySchema },
    ({ params: { name }, query }, caller) => deleteArms(deps, name, query.revision, caller),
  );
}
