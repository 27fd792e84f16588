import { invalidField, type Outcome } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fail, ok } from '../../shared/core/result.ts';
import type { DatasetKind, DatasetManifest } from '../../shared/dataset/dataset-manifest.ts';
import { MOST_LABELS } from '../../shared/metrics/classification/classification-state.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { manifestKey } from '../../shared/model/model-keys.ts';
import { parseModelReference } from '../../shared/model/model-reference.ts';
import { type PackLocation, parseManifest, wrongTask } from '../../shared/model/pack.ts';
import { createRegistry } from '../../shared/model/registry.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { pointedAt, type Question, questionOf } from './classifier.ts';
import type { PlannedModel, Predicted } from './plan.ts';
import type { Wishes } from './wishes.ts';

/** What a model must be made for, to be asked about a row of the kind. */
const MODEL_TASKS: Readonly<Record<DatasetKind, { readonly task: string; readonly words: string }>> = {
  'text-classification': { task: 'text-classification', words: 'a text classifier' },
  'image-classification': { task: 'image-classification', words: 'an image classifier' },
  interactions: { task: 'recommendation', words: 'made to recommend' },
};
/** Columns of the rows that models see. A slice by one of these names would be read as the task's own column. */
const TAKEN_COLUMNS = ['weight', 'scores', 'score', 'prediction'];

/** A model as it is at this moment. */
interface FixedModel {
  readonly planned: PlannedModel;
  readonly question: Question;
}

/** Who is asked about the rows: null where nobody is, and the rows are the task's own. */
export async function planModels(
  store: BlobStore,
  tenant: string,
  wishes: Wishes,
  dataset: DatasetManifest,
): Promise<Outcome<Predicted | null>> {
  const { model, compare, attribute } = wishes;
  if (model === undefined) return ok(null);
  const misfit = findMisfit(wishes, dataset);
  if (misfit !== null) return misfit;
  const fixed: FixedModel[] = [];
  for (const [pointer, text] of [
    ['model', model],
    ['compare.model', compare?.model],
  ] as const) {
    if (text === undefined) continue;
    const found = await fixModel(store, tenant, text, dataset.kind, attribute, pointer);
    if (!found.ok) return found;
    fixed.push(found.value);
  }
  const labels = labelsOf(dataset, attribute);
  const classes = wishes.task === 'binary-classification' ? chooseClasses(wishes.positive, labels, fixed) : ok(null);
  if (!classes.ok) return classes;
  const all = new Set([...labels, ...fixed.flatMap(({ question }) => question.labels)]);
  if (all.size > MOST_LABELS.whole)
    return invalidField('model', `with the dataset has ${all.size} labels; ${MOST_LABELS.whole} can be told apart`);
  return ok({
    kind: dataset.kind,
    ...(attribute === undefined ? {} : { attribute }),
    ...(classes.value === null ? {} : { classes: classes.value }),
    ...(dataset.kind === 'interactions' ? { allowSeen: wishes.allowSeen ?? false } : {}),
    models: fixed.map(({ planned }) => planned),
  });
}

/** What of the wishes does not fit models that are asked about the dataset; null where all does. */
function findMisfit(wishes: Wishes, { kind, columns }: DatasetManifest): ReturnType<typeof invalidField> | null {
  const tasks = kind === 'interactions' ? ['ranking'] : ['classification', 'binary-classification'];
  if (!tasks.includes(wishes.task))
    return invalidField('task', `with a model and a dataset of ${kind} must be ${tasks.join(' or ')}`);
  if (wishes.allowSeen !== undefined && kind !== 'interactions')
    return invalidField('allowSeen', 'belongs to datasets of interactions');
  if (kind === 'interactions' && wishes.slices.length > 0)
    return invalidField('slices', 'are by columns of rows; recommendations are of users');
  if (Object.keys(wishes.columns).length > 0)
    return invalidField('columns', 'are those of the dataset where a model is asked');
  if (wishes.positive !== undefined && wishes.task !== 'binary-classification')
    return invalidField('positive', 'belongs to task binary-classification');
  if (wishes.attribute !== undefined && kind !== 'image-classification')
    return invalidField('attribute', 'belongs to datasets of pictures');
  if (wishes.compare && wishes.gates?.baseline)
    return invalidField('gates.baseline', 'is what compare.model comes to: leave one of them out');
  const known = ['id', 'label', ...columns];
  const strange = wishes.slices.find((name) => !known.includes(name) || TAKEN_COLUMNS.includes(name));
  return strange === undefined
    ? null
    : invalidField('slices', `can't be by "${strange}"; the dataset has ${known.join(', ')}`);
}

/** The version that a text names now, with the digest of its manifest. */
async function fixModel(
  store: BlobStore,
  tenant: string,
  text: string,
  kind: DatasetKind,
  attribute: string | undefined,
  pointer: string,
): Promise<Outcome<FixedModel>> {
  const reference = parseModelReference(text);
  if (!reference.ok) return fail(pointedAt(reference.failure, pointer));
  const location = await createRegistry(store).resolve(tenant, reference.value);
  if (!location.ok) return location;
  const read = await readFixed(store, location.value);
  if (!read.ok) return read;
  const { manifest, manifestSha256 } = read.value;
  const { task, words } = MODEL_TASKS[kind];
  const wrong = wrongTask(manifest, words);
  if (manifest.task !== task) return wrong.ok ? wrong : fail(pointedAt(wrong.failure, pointer));
  const question = kind === 'interactions' ? ok({ labels: [] }) : questionOf(manifest, attribute, pointer);
  return question.ok ? ok({ planned: { ...location.value, manifestSha256 }, question: question.value }) : question;
}

/** A pack's manifest and its digest. */
export async function readFixed(
  store: BlobStore,
  location: PackLocation,
): Promise<Outcome<{ readonly manifest: Manifest; readonly manifestSha256: string }>> {
  const found = await store.get(manifestKey(location.root, location.name, location.version));
  if (found.kind === 'missing')
    return fail({ kind: 'not-found', detail: `The manifest of ${location.name}@${location.version} is missing.` });
  const bytes = await found.bytes();
  const manifest = parseManifest(bytes, location);
  return manifest.ok ? ok({ manifest: manifest.value, manifestSha256: await sha256Hex(bytes) }) : manifest;
}

/** The dataset's labels, of the attribute where there are several (`colour=red`). */
function labelsOf({ labels }: DatasetManifest, attribute: string | undefined): readonly string[] {
  const own = labels.filter((name) => attribute !== undefined && name.startsWith(`${attribute}=`));
  return own.length > 0 ? own.map((name) => name.slice((attribute?.length ?? 0) + 1)) : labels;
}

/** Which of the two labels is 1, and which 0: every model must know both. */
function chooseClasses(
  positive: string | undefined,
  labels: readonly string[],
  models: readonly FixedModel[],
): Outcome<NonNullable<Predicted['classes']>> {
  const listed = labels
    .slice(0, 10)
    .map((label) => `"${label}"`)
    .join(', ');
  if (labels.length !== 2)
    return invalidField(
      'task',
      `binary-classification needs rows of two labels; the dataset has ${labels.length} (${listed}): use classification`,
    );
  if (positive === undefined || !labels.includes(positive)) return invalidField('positive', `must be one of ${listed}`);
  const negative = labels.find((label) => label !== positive) as string;
  for (const { planned, question } of models) {
    const unknown = labels.find((label) => !question.labels.includes(label));
    if (unknown !== undefined)
      return invalidField(
        'task',
        `binary-classification needs models of both labels; ${planned.name}@${planned.version} does not know "${unknown}"`,
      );
  }
  return ok({ positive, negative });
}
