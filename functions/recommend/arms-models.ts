import type { Failure, FieldError, Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { Arm } from '../../shared/customer/arms.ts';
import { parseModelReference } from '../../shared/model/model-reference.ts';
import { readManifest, wrongTask } from '../../shared/model/pack.ts';
import { createRegistry, type Registry } from '../../shared/model/registry.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';

/** Whether every arm names a recommender that the tenant can use, all of one task; else which don't, and why. Nothing is loaded. */
export async function checkModels(store: BlobStore, tenant: string, arms: readonly Arm[]): Promise<Outcome<void>> {
  const registry = createRegistry(store);
  const models = [...new Set(arms.map(({ model }) => model))];
  const tasks = new Map(
    await Promise.all(models.map(async (model) => [model, await readTask(store, registry, tenant, model)] as const)),
  );
  const errors = arms.flatMap(({ model }, at): FieldError[] => {
    const task = tasks.get(model);
    return task === undefined || task.ok ? [] : [{ pointer: pointerOf(at), message: wordsOf(task.failure) }];
  });
  if (errors.length === 0) errors.push(...findOtherTasks(arms, tasks));
  const [first] = errors;
  if (first === undefined) return ok(undefined);
  return fail({ kind: 'invalid-request', detail: `${first.pointer}: ${first.message}`, errors });
}

/** Whoever asks for recommendations can't get ratings by another arm. */
function findOtherTasks(arms: readonly Arm[], tasks: ReadonlyMap<string, Outcome<string>>): FieldError[] {
  const taskOf = ({ model }: Arm) => {
    const task = tasks.get(model);
    return task?.ok ? task.value : undefined;
  };
  const [first] = arms;
  if (first === undefined) return [];
  const task = taskOf(first);
  return arms.flatMap((arm, at) =>
    taskOf(arm) === task
      ? []
      : [{ pointer: pointerOf(at), message: `is for ${taskOf(arm)}, but arms[0].model is for ${task}` }],
  );
}

async function readTask(store: BlobStore, registry: Registry, tenant: string, model: string): Promise<Outcome<string>> {
  const reference = parseModelReference(model);
  if (!reference.ok) return reference;
  const located = await registry.resolve(tenant, reference.value);
  if (!located.ok) return located;
  const manifest = await readManifest(store, located.value);
  if (!manifest.ok) return manifest;
  if (manifest.value === null) {
    const { name, version } = located.value;
    return fail({ kind: 'model-unusable', detail: `The manifest of ${name}@${version} is missing.` });
  }
  const { task } = manifest.value;
  return task === 'recommendation' || task === 'rating' ? ok(task) : wrongTask(manifest.value, 'a recommender');
}

function pointerOf(at: number): string {
  return `arms[${at}].model`;
}

/** The pointer of such a failure says "model", where it is the arm's. */
function wordsOf(failure: Failure): string {
  return failure.kind === 'invalid-request' ? (failure.errors[0]?.message ?? failure.detail) : failure.detail;
}
