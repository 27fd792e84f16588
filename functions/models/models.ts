import type { Outcome } from '../../shared/core/failure.ts';
import { ok } from '../../shared/core/result.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { readPackFile } from '../../shared/model/pack.ts';
import type { ModelEntry, Registry } from '../../shared/model/registry.ts';
import type { Serving } from '../../shared/model/serving.ts';
import type { TextModel } from '../../shared/model/text-model.ts';
import { useModel } from '../../shared/model/use-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { type Candidate, explainTrial, rank, select, sizeOf } from './choose.ts';
import type { Choice, ChooseRequest, Criteria, ModelDetail, ModelList } from './contract.ts';
import { judgeRuns, type Run, runModel } from './trial.ts';

export interface ModelsDeps {
  readonly store: BlobStore;
  readonly registry: Registry;
  readonly serving: Serving<TextModel>;
  readonly clock: Clock;
}

export async function listModels(deps: ModelsDeps, caller: Caller): Promise<Outcome<ModelList>> {
  const { models, unreadable } = await deps.registry.list(caller.tenant);
  return ok({ models: models.map(summarise), unreadable: [...unreadable], requestId: caller.requestId });
}

export async function showModel(deps: ModelsDeps, name: string, caller: Caller): Promise<Outcome<ModelDetail>> {
  const described = await deps.registry.describe(caller.tenant, name);
  if (!described.ok) return described;
  const { manifest, aliases, versions, location } = described.value;
  const hasCard = manifest.files.some((file) => file.path === 'README.md');
  const card = hasCard ? await readPackFile(deps.store, location, manifest, 'README.md') : null;
  if (card && !card.ok) return card;
  return ok({
    manifest,
    card: card ? new TextDecoder().decode(card.value) : null,
    aliases: { ...aliases },
    versions: [...versions],
    requestId: caller.requestId,
  });
}

/** Ranks what fits the criteria by what the manifests say. */
export async function chooseModel(deps: ModelsDeps, criteria: Criteria, caller: Caller): Promise<Outcome<Choice>> {
  const { models } = await deps.registry.list(caller.tenant);
  const { candidates, excluded } = select(models, criteria);
  return ok(toChoice(rank(candidates, criteria.prefer), excluded, caller.requestId));
}

/** Runs what fits the criteria on the caller's rows and ranks by what came out. */
export async function chooseModelByRows(
  deps: ModelsDeps,
  request: ChooseRequest,
  caller: Caller,
): Promise<Outcome<Choice>> {
  const { models } = await deps.registry.list(caller.tenant);
  const { candidates, excluded } = select(models, request);
  const rows = request.rows.map((row) => (typeof row === 'string' ? { text: row } : row));
  const tried: Candidate[] = [];
  const failed = [...excluded];
  const runs: { candidate: Candidate; run: Run }[] = [];
  for (const candidate of candidates) {
    const { name, version } = candidate.entry.manifest;
    // Each runs before the next is loaded, which may need the memory of this one.
    const run = await useModel(deps.serving, caller, `${name}@${version}`, (model) =>
      runModel(model, rows, deps.clock),
    );
    if (run.ok) runs.push({ candidate, run: run.value });
    else failed.push({ name, reason: run.failure.detail });
  }
  const trials = judgeRuns(
    runs.map(({ run }) => run),
    rows,
  );
  runs.forEach(({ candidate }, index) => {
    const trial = trials[index];
    if (trial) tried.push({ ...candidate, trial, reasons: [...explainTrial(trial), ...candidate.reasons] });
  });
  return ok(toChoice(rank(tried, request.prefer), failed, caller.requestId));
}

function toChoice(ranked: readonly Candidate[], excluded: Choice['excluded'], requestId: string): Choice {
  return {
    candidates: ranked.map(({ entry, reasons, trial }, index) => ({
      rank: index + 1,
      name: entry.manifest.name,
      version: entry.manifest.version,
      sizeBytes: sizeOf(entry),
      reasons: [...reasons],
      ...(trial ? { trial } : {}),
    })),
    excluded,
    requestId,
  };
}

function summarise(entry: ModelEntry): ModelList['models'][number] {
  const { name, version, task, title, description, languages, labels, heads, metrics } = entry.manifest;
  return {
    name,
    version,
    task,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    languages,
    sizeBytes: sizeOf(entry),
    ...(labels === undefined ? {} : { labels }),
    ...(heads === undefined
      ? {}
      : { attributes: Object.fromEntries(heads.map((head) => [head.attribute, head.labels])) }),
    metrics,
    aliases: { ...entry.aliases },
    versions: [...entry.versions],
  };
}
