import { fail, ok, type Result } from '../../shared/core/result.ts';
import { topK } from '../../shared/core/top-k.ts';
import { datasetVersionPrefix } from '../../shared/dataset/dataset-keys.ts';
import { MAX_IMAGE_BYTES } from '../../shared/image/read-image.ts';
import { shown, textCell } from '../../shared/metrics/read-cell.ts';
import type { RowRecord } from '../../shared/metrics/task.ts';
import { packId } from '../../shared/model/pack.ts';
import { useModel } from '../../shared/model/use-model.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { type OpenPicture, OTHER, type Question, questionOf } from './classifier.ts';
import type { EvaluateDeps } from './deps.ts';
import { catchRowsError } from './evaluate.ts';
import { createGatherer, type Gathered } from './gather-rows.ts';
import { openPart } from './open-part.ts';
import { asClassifier } from './packs.ts';
import type { PartObject, Plan, PlannedModel, Predicted, PredictedPlan } from './plan.ts';
import { readFixed } from './plan-models.ts';
import type { PredictedRow } from './predicted-task.ts';
import { type Line, readLines } from './read-lines.ts';
import type { BoundTask } from './tasks.ts';

/** Rows that a model is asked about at once. */
const BATCH_ROWS = 64;
/** A dataset's paths lie below its version. */
const PATH = /^(?!.*\.\.)[^/].*$/s;

/** What a model is asked, and the truth. */
interface Example {
  readonly input: string;
  readonly label: string;
}

/** A model's answers to the rows of a piece that can be asked about, in their order. */
interface Answers {
  readonly question: Question;
  readonly scores: readonly Result<Float64Array, string>[];
}

/** Whether models are asked about the plan's rows. */
export function isPredicted(plan: Plan): plan is PredictedPlan {
  return plan.predicted !== undefined && plan.dataset !== undefined;
}

/**
 * A piece of a dataset, its rows answered by one model after the other, so that the memory of one is free for the next; the piece is read
 * once for each, which costs little beside the answers. Fails where a pack is not what the plan says, or a part.
 */
export async function gatherPredicted(
  deps: EvaluateDeps,
  tenant: string,
  plan: PredictedPlan,
  object: PartObject,
  task: BoundTask,
): Promise<Result<Gathered, string>> {
  const bytes = await openPart(deps.store, tenant, plan.dataset, object);
  if (!bytes.ok) return bytes;
  const open = pictureOpener(deps.store, datasetVersionPrefix(tenant, plan.dataset.name, plan.dataset.version));
  const answers: Answers[] = [];
  for (const model of plan.predicted.models) {
    const answered = await ask(deps, tenant, plan.predicted, model, readLines(bytes.value, object, BATCH_ROWS), open);
    if (!answered.ok) return answered;
    answers.push(answered.value);
  }
  const gathered = await catchRowsError(async () => {
    const gatherer = createGatherer(task, { columns: {}, slices: [], maxRejected: plan.maxRejected });
    let place = 0;
    for await (const lines of readLines(bytes.value, object, BATCH_ROWS)) {
      for (const line of lines) {
        const row = readRow(line, plan.predicted);
        const predicted = row.ok ? predictedRow(row.value, answers, place++, plan) : row;
        if (predicted.ok) gatherer.row(predicted.value as unknown as RowRecord, line.line);
        else gatherer.unreadable(line.line, predicted.failure);
      }
    }
    return gatherer.finish();
  });
  return gathered.ok ? gathered : fail(gathered.failure.detail);
}

async function ask(
  { store, packs }: EvaluateDeps,
  tenant: string,
  predicted: Predicted,
  model: PlannedModel,
  batches: AsyncIterable<Line[]>,
  open: OpenPicture,
): Promise<Result<Answers, string>> {
  const read = await readFixed(store, model);
  if (!read.ok) return fail(read.failure.detail);
  if (read.value.manifestSha256 !== model.manifestSha256)
    return fail(`the manifest of ${model.name}@${model.version} was changed since the evaluation began`);
  const question = questionOf(read.value.manifest, predicted.attribute, 'model');
  if (!question.ok) return fail(question.failure.detail);
  const serving = { acquire: () => packs.acquire(model) };
  const scores: Result<Float64Array, string>[] = [];
  for await (const lines of batches) {
    const inputs = lines.flatMap((line) => {
      const row = readRow(line, predicted);
      return row.ok ? [row.value.input] : [];
    });
    if (inputs.length === 0) continue;
    const user = { tenant, defer: () => {} };
    const scored = await useModel(serving, user, packId(model), (loaded) =>
      asClassifier(loaded).score(inputs, question.value, open),
    );
    if (!scored.ok) return fail(scored.failure.detail);
    scores.push(...scored.value);
  }
  return ok({ question: question.value, scores });
}

/** The columns of the row's kind and its further ones, or what is wrong with it. */
function readRow(line: Line, { kind, attribute }: Predicted): Result<Example & { readonly row: RowRecord }, string> {
  if ('unreadable' in line) return fail(line.unreadable);
  const { row } = line;
  const column = kind === 'image-classification' ? 'image' : 'text';
  const input = row[column];
  if (typeof input !== 'string' || input.trim() === '') return fail(`${column}: expected a text, got ${shown(input)}`);
  const label = textCell(labelOf(row, attribute));
  if (label === undefined) return fail(`label: expected a class, got ${shown(labelOf(row, attribute))}`);
  return ok({ input, label, row });
}

function labelOf(row: RowRecord, attribute: string | undefined): unknown {
  const { labels } = row;
  if (attribute === undefined || typeof labels !== 'object' || labels === null) return row['label'];
  return Object.hasOwn(labels, attribute) ? Reflect.get(labels, attribute) : undefined;
}

function predictedRow(
  { label, row }: Example & { readonly row: RowRecord },
  answers: readonly Answers[],
  place: number,
  { predicted, slices }: PredictedPlan,
): Result<PredictedRow, string> {
  const sliced = Object.fromEntries(slices.filter((name) => name !== 'label').map((name) => [name, row[name]]));
  const { classes } = predicted;
  if (classes && label !== classes.positive && label !== classes.negative)
    return fail(`label: expected "${classes.positive}" or "${classes.negative}", got ${shown(label)}`);
  const truth = classes ? Number(label === classes.positive) : label;
  const said: (string | number)[] = [];
  const views: RowRecord[] = [];
  for (const { question, scores } of answers) {
    const scored = scores[place] as Result<Float64Array, string>;
    if (!scored.ok) return scored;
    const view = classes ? twoClassView(question, scored.value, classes) : classView(question, scored.value);
    said.push(classes ? (view['score'] as number) : (view['prediction'] as string));
    views.push({ ...sliced, label: truth, ...view });
  }
  const [candidate, baseline] = said;
  return ok({
    label,
    views,
    paired: baseline === undefined ? null : { ...sliced, label: truth, candidate, baseline },
    isKnown: answers.map(
      ({ question }) => question.labels.includes(label) || (label === OTHER && question.otherBelow !== undefined),
    ),
  });
}

/** As the model answers its callers: the label with the best score, or that there is none. */
function classView({ labels, otherBelow }: Question, scores: Float64Array): RowRecord {
  const best = topK(scores, 1)[0] ?? 0;
  const isOther = otherBelow !== undefined && (scores[best] as number) < otherBelow;
  return {
    prediction: isOther ? OTHER : labels[best],
    scores: Object.fromEntries(labels.map((label, place) => [label, scores[place] as number])),
  };
}

/**
 * The positive label's part of what both labels have, as if the model knew no others. A model that knows these two only gives its own
 * probability.
 */
function twoClassView(
  { labels }: Question,
  scores: Float64Array,
  { positive, negative }: NonNullable<Predicted['classes']>,
): RowRecord {
  const [of, against] = [scores[labels.indexOf(positive)] as number, scores[labels.indexOf(negative)] as number];
  return { score: of + against > 0 ? of / (of + against) : 0.5 };
}

/** Opens pictures of the dataset's version. */
function pictureOpener(store: BlobStore, prefix: string): OpenPicture {
  return async (path) => {
    if (!PATH.test(path)) return fail(`image: ${shown(path)} is no path below the dataset`);
    const found = await store.get(prefix + path);
    if (found.kind === 'missing') return fail(`image: there is no ${path}`);
    if (found.sizeBytes <= MAX_IMAGE_BYTES) return ok(await found.bytes());
    await found.body.cancel();
    return fail(`image: ${path} has ${found.sizeBytes} bytes; a picture may have ${MAX_IMAGE_BYTES}`);
  };
}
