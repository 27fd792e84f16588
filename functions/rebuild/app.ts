import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { type App, type HttpDeps, newApp } from '../../shared/http/new-app.ts';
import { mount } from '../../shared/http/operation.ts';
import { OWN_RECOMMENDER } from '../../shared/model/own-recommender.ts';
import { type RebuiltResponse, rebuildRoute } from './contract.ts';
import { type RebuildDeps, type Rebuilt, rebuildRecommender } from './rebuild.ts';

export type Deps = HttpDeps & RebuildDeps;

/** Mounts the contract on the capability. */
export function createApp(deps: Deps): App {
  const app = newApp(deps);
  mount(app, deps, { route: rebuildRoute, scope: 'rebuild' }, (_input, caller) => rebuild(deps, caller));
  return app;
}

async function rebuild(deps: Deps, { tenant, requestId }: Caller): Promise<Outcome<RebuiltResponse>> {
  const rebuilt = await rebuildRecommender(deps, tenant);
  return rebuilt.ok ? ok({ ...describe(rebuilt.value), requestId }) : rebuilt;
}

function describe(rebuilt: Rebuilt): Omit<RebuiltResponse, 'requestId'> {
  if (rebuilt.kind === 'nothing-to-learn') return { outcome: rebuilt.kind, model: null };
  const { kind: outcome, version, ...counts } = rebuilt;
  return { outcome, model: { name: OWN_RECOMMENDER, version }, ...counts };
}
