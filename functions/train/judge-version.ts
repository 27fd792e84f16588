import { describeError } from '../../shared/http/request-log.ts';
import type { AliasMove } from '../../shared/model/alias.ts';
import { tenantModelsRoot } from '../../shared/model/model-keys.ts';
import { listMoves, moveAlias } from '../../shared/model/move-alias.ts';
import { readManifest } from '../../shared/model/pack.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import type { Evaluated } from '../../shared/ports/evaluations.ts';
import type { TrainDeps } from './deps.ts';
import type { Job, PromotionOutcome } from './job.ts';
import { FAMILY_BY_TASK } from './round-request.ts';

/** An evaluation that takes longer is not waited for. */
const MAX_EVALUATING_SECONDS = 6 * 3600;
/** Who signs moves of aliases. */
const MOVED_BY = 'train';

/** What a classifier must be to take the place of another, unless the request says otherwise: better, beyond chance. */
const DEFAULT_RULES = [{ metric: 'accuracyDifference', min: 0, judgedBy: 'interval' }];

/**
 * Has the new version evaluated on the dataset's test split, beside what serves, and lets it serve where the policy says so and the
 * gates hold. Null while the evaluation runs. The same is asked at each look, which is the same evaluation.
 */
export async function judgeVersion(deps: TrainDeps, tenant: string, job: Job): Promise<Job | null> {
  if (!deps.evaluations) return trained(job, held('Nothing evaluates it by itself here.', null, null));
  const serving = job.against;
  const { policy, rules } = job.request.promote;
  const gates = rules ?? (serving === null || job.request.task === 'recommendation' ? undefined : DEFAULT_RULES);
  const evaluated = await deps.evaluations
    .evaluate(tenant, {
      task: FAMILY_BY_TASK[job.request.task].evaluatedAs,
      source: { dataset: { ...job.dataset, split: 'test' } },
      model: `${job.pack.name}@${job.pack.version}`,
      ...(serving === null ? {} : { compare: { model: serving } }),
      ...(gates === undefined ? {} : { gates: { rules: gates } }),
    })
    .catch((error: unknown): Evaluated => {
      deps.log({ event: 'incident', what: `job ${job.id} can't be evaluated now`, error: describeError(error) });
      return { kind: 'running', id: '' };
    });
  switch (evaluated.kind) {
    case 'running':
      return isTooLong(deps, job) ? trained(job, held('Its evaluation did not end in time.', null, serving)) : null;
    case 'refused':
      return trained(job, held(`It could not be evaluated: ${evaluated.reason}`, null, serving));
    case 'done':
      return trained(job, await decide(deps, tenant, job, evaluated, serving, policy));
    default:
      return evaluated satisfies never;
  }
}

async function decide(
  deps: TrainDeps,
  tenant: string,
  job: Job,
  { id, summary, gates }: Extract<Evaluated, { kind: 'done' }>,
  serving: string | null,
  policy: Job['request']['promote']['policy'],
): Promise<PromotionOutcome> {
  const words = gates?.summary ?? summary[0] ?? 'It was evaluated without gates.';
  if (policy === 'hold') return held(`A person decides. ${words}`, id, serving);
  if (!gates) return held('There is nothing to compare it with, and no rule was given: a person decides.', id, serving);
  if (!gates.passed) return held(words, id, serving);
  const moved = await moveAlias(deps.store, deps.clock, {
    root: tenantModelsRoot(tenant),
    ...{ name: job.pack.name, alias: job.request.promote.alias, to: job.pack.version, by: MOVED_BY },
    reason: `job ${job.id}: its gates held`,
    at: new Date(deps.clock.now()).toISOString(),
    revision: deps.newId(),
    expected: await ownVersion(deps, tenant, job, serving),
    evidence: { evaluation: id, gates, summary: summary.slice(0, 3) },
  });
  if (moved.ok) return { outcome: 'promoted', detail: words, evaluation: id, against: serving };
  // A look before this one may have moved it, and been cut off before it was written down.
  const last = await lastMove(deps, tenant, job);
  if (last?.to === job.pack.version && last.by === MOVED_BY)
    return { outcome: 'promoted', detail: words, evaluation: id, against: serving };
  return held(`Its gates held, but ${moved.failure.detail}`, id, serving);
}

/** What the tenant's own alias must still name: the version that was compared, or nothing where the shared one served. */
async function ownVersion(deps: TrainDeps, tenant: string, job: Job, serving: string | null): Promise<string | null> {
  const own = (await lastMove(deps, tenant, job))?.to ?? null;
  return own === null || serving === null ? null : (serving.split('@')[1] ?? null);
}

/** The last move of the alias that the job is for. */
async function lastMove({ store }: TrainDeps, tenant: string, { pack, request }: Job): Promise<AliasMove | undefined> {
  const moves = await listMoves(store, tenantModelsRoot(tenant), pack.name);
  return moves.findLast(({ alias }) => alias === request.promote.alias);
}

/** `name@version` of what serves under the alias now, if it does the same task. */
export async function findServing(
  { store }: TrainDeps,
  tenant: string,
  { pack, request }: Job,
): Promise<string | null> {
  const alias = request.promote.alias;
  const resolved = await createRegistry(store).resolve(tenant, { name: pack.name, alias });
  if (!resolved.ok || resolved.value.version === pack.version) return null;
  const manifest = await readManifest(store, resolved.value);
  const isSameTask = manifest.ok && manifest.value?.task === request.task;
  return isSameTask ? `${pack.name}@${resolved.value.version}` : null;
}

function isTooLong({ clock }: TrainDeps, { evaluatingSince }: Job): boolean {
  return evaluatingSince !== null && clock.now() - Date.parse(evaluatingSince) > MAX_EVALUATING_SECONDS * 1000;
}

function trained(job: Job, promotion: PromotionOutcome): Job {
  return { ...job, state: 'trained', promotion };
}

function held(detail: string, evaluation: string | null, against: string | null): PromotionOutcome {
  return { outcome: 'held', detail, evaluation, against };
}
