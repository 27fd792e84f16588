import { z } from 'zod';
import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { fromJsonBytes } from '../../shared/core/json-bytes.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Evidence } from '../../shared/model/alias.ts';
import { evaluationResultKey } from '../../shared/model/evaluation-keys.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import type { PromoteRequest } from './contract-aliases.ts';

/** Sentences of an evaluation that the history keeps. */
const KEPT_SENTENCES = 3;

/** Of `evaluations/{id}/result.json`, what a promotion looks at. */
const ResultDocumentSchema = z.object({
  result: z
    .object({
      models: z.array(z.object({ name: z.string(), version: z.string() })).default([]),
      gates: z
        .object({
          passed: z.boolean(),
          summary: z.string(),
          checks: z.array(z.object({ outcome: z.string(), reason: z.string() })),
        })
        .optional(),
      evaluation: z.object({ summary: z.array(z.string()).default([]) }),
    })
    .optional(),
});

type Result = NonNullable<z.infer<typeof ResultDocumentSchema>['result']>;

/** What a move is justified by. */
export interface Backing {
  readonly evidence?: Evidence;
  readonly forced?: string;
}

type Wish = Pick<PromoteRequest, 'version' | 'evaluation' | 'force'> & { readonly name: string };

/**
 * What speaks for a version: an evaluation of it that is done and whose gates held. Without one, or against one, only force with a
 * reason does.
 */
export async function findBacking(store: BlobStore, tenant: string, wish: Wish): Promise<Outcome<Backing>> {
  const { name, version, evaluation, force } = wish;
  const forced = force === undefined ? {} : { forced: force.reason };
  if (evaluation === undefined) {
    if (force !== undefined) return ok(forced);
    const detail = `Nothing speaks for ${name}@${version}: name an evaluation of it by "evaluation", or say by "force" why it should serve all the same.`;
    return fail({ kind: 'forbidden', detail });
  }
  const result = await readResult(store, tenant, evaluation);
  if (!result.ok) return result;
  const { models, gates, evaluation: figures } = result.value;
  if (models[0]?.name !== name || models[0].version !== version) {
    const said = models[0] ? `${models[0].name}@${models[0].version}` : 'rows that no model is named for';
    return invalidField('evaluation', `is of ${said}, not of ${name}@${version}`);
  }
  if (gates === undefined && force === undefined) {
    const detail = `The evaluation ${evaluation} had no gates, so it can't speak for ${name}@${version}. Evaluate it with "gates", or say by "force" why it should serve.`;
    return fail({ kind: 'forbidden', detail });
  }
  if (gates?.passed === false && force === undefined) return failedGates(name, version, gates);
  const judged = gates === undefined ? {} : { gates: { passed: gates.passed, summary: gates.summary } };
  const evidence = { evaluation, ...judged, summary: figures.summary.slice(0, KEPT_SENTENCES) };
  return ok({ evidence, ...forced });
}

async function readResult(store: BlobStore, tenant: string, id: string): Promise<Outcome<Result>> {
  const found = await store.get(evaluationResultKey(tenant, id));
  if (found.kind === 'missing') return invalidField('evaluation', 'is not done, or was never begun');
  const { result } = ResultDocumentSchema.parse(fromJsonBytes(await found.bytes()));
  return result ? ok(result) : invalidField('evaluation', 'failed: it says nothing');
}

function failedGates(name: string, version: string, { checks }: NonNullable<Result['gates']>): Outcome<never> {
  const reasons = checks.filter(({ outcome }) => outcome === 'failed').map(({ reason }) => reason);
  const detail = `${name}@${version} failed its gates: ${reasons.join('; ')}. To promote it all the same, say why by "force": the history keeps it.`;
  return fail({ kind: 'forbidden', detail });
}
