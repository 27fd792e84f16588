import type { Failure, Outcome } from '../../shared/core/failure.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { topK } from '../../shared/core/top-k.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { toProblem } from '../../shared/http/problem.ts';
import type { Scorer } from '../../shared/model/joined-scorer.ts';
import type { Serving } from '../../shared/model/serving.ts';
import type { TextModel } from '../../shared/model/text-model.ts';
import type { EncodedText } from '../../shared/model/tokenizer.ts';
import { useModel } from '../../shared/model/use-model.ts';
import {
  type ClassifyRequest,
  type ClassifyResponse,
  type HuggingFaceRequest,
  type LabelScore,
  MAX_TEXT_CHARACTERS,
  RowSchema,
} from './contract.ts';

export interface ClassifyDeps {
  readonly serving: Serving<TextModel>;
  readonly scorer: Scorer;
}

/** A row that can be classified, or why not; `id` is the caller's own. */
type Row = { readonly id?: string; readonly text: string } | { readonly id?: string; readonly failure: Failure };

interface Answer {
  readonly labels: LabelScore[];
  readonly truncated: boolean;
}

/** Waits for no other request. */
const ALONE: Scorer = { score: (model, rows) => model.score(rows) };

type RowResult = ClassifyResponse['results'][number];

/** Classifies every row by every model asked for. A bad row gets its own problem; alone, it fails the call. */
export async function classify(
  deps: ClassifyDeps,
  request: ClassifyRequest,
  caller: Caller,
): Promise<Outcome<ClassifyResponse>> {
  const isBatch = Array.isArray(request.inputs);
  const rows = (isBatch ? (request.inputs as unknown[]) : [request.inputs]).map((input, index) =>
    readRow(input, isBatch ? `inputs[${index}]` : 'inputs'),
  );
  const only = rows[0];
  if (!isBatch && only && 'failure' in only) return fail(only.failure);

  const names = request.models ?? [request.model ?? ''];
  const models: TextModel[] = [];
  const answers: (Answer | null)[][] = [];
  for (const name of names) {
    // Each answers before the next is loaded, which may need the memory of this one.
    const answered = await useModel(deps.serving, caller, name, async (model, isRetry) => ({
      model,
      answers: await answerRows(isRetry ? ALONE : deps.scorer, model, rows, request.topK, request.threshold),
    }));
    if (!answered.ok) return answered;
    models.push(answered.value.model);
    answers.push(answered.value.answers);
  }

  const served = models.map((model) => ({ name: model.manifest.name, version: model.manifest.version }));
  return ok({
    ...(request.models ? { models: served } : { model: served[0] }),
    results: rows.map((row, index) => {
      const perModel = answers.map((list) => list[index] ?? null);
      return toResult(row, request.models ? names : null, perModel, caller.requestId);
    }),
    requestId: caller.requestId,
  });
}

/** The same for Hugging Face clients: all labels unless `top_k` says otherwise, a list of labels for each text. */
export async function classifyAsHuggingFace(
  deps: ClassifyDeps,
  modelName: string,
  request: HuggingFaceRequest,
  caller: Caller,
): Promise<Outcome<LabelScore[][]>> {
  const used = await useModel(deps.serving, caller, modelName, (model, isRetry) =>
    answerHuggingFace(isRetry ? ALONE : deps.scorer, model, request),
  );
  return used.ok ? used.value : used;
}

async function answerHuggingFace(
  scorer: Scorer,
  model: TextModel,
  request: HuggingFaceRequest,
): Promise<Outcome<LabelScore[][]>> {
  const wanted = request.parameters?.function_to_apply;
  if (wanted && wanted !== (model.manifest.scores ?? 'softmax')) {
    const detail = `This model's scores are ${model.manifest.scores ?? 'softmax'}; "${wanted}" is not available.`;
    return fail({
      kind: 'invalid-request',
      detail,
      errors: [{ pointer: 'parameters.function_to_apply', message: detail }],
    });
  }
  const texts = Array.isArray(request.inputs) ? request.inputs : [request.inputs];
  const rows = texts.map((text, index) => readRow(text, Array.isArray(request.inputs) ? `inputs[${index}]` : 'inputs'));
  const bad = rows.find((row) => 'failure' in row);
  if (bad && 'failure' in bad) return fail(bad.failure);
  const answers = await answerRows(scorer, model, rows, request.parameters?.top_k ?? model.labels.length, 0);
  return ok(answers.map((answer) => answer?.labels ?? []));
}

function readRow(input: unknown, pointer: string): Row {
  // Nearly all rows are bare texts: no schema is needed to see that.
  const parsed = typeof input === 'string' ? { success: true as const, data: input } : RowSchema.safeParse(input);
  if (!parsed.success) {
    return { ...readId(input), failure: rowFailure(pointer, 'must be a text or {"id", "text"}') };
  }
  const row = typeof parsed.data === 'string' ? { text: parsed.data } : parsed.data;
  const id = row.id === undefined ? {} : { id: row.id };
  if (row.text.trim() === '') return { ...id, failure: rowFailure(pointer, 'the text is empty') };
  if (row.text.length > MAX_TEXT_CHARACTERS) {
    const message = `the text has ${row.text.length} characters; the limit is ${MAX_TEXT_CHARACTERS}`;
    return { ...id, failure: rowFailure(pointer, message) };
  }
  return { ...id, text: row.text };
}

/** The id of a row that is wrong otherwise, so that its problem can be told apart. */
function readId(input: unknown): { id?: string } {
  const id = typeof input === 'object' && input !== null ? Reflect.get(input, 'id') : undefined;
  return typeof id === 'string' && id.length <= 256 ? { id } : {};
}

function rowFailure(pointer: string, message: string): Failure {
  return { kind: 'invalid-request', detail: `${pointer}: ${message}`, errors: [{ pointer, message }] };
}

/** Answers in the order of `rows`; null for rows that can't be classified. */
async function answerRows(
  scorer: Scorer,
  model: TextModel,
  rows: readonly Row[],
  k: number,
  threshold: number,
): Promise<(Answer | null)[]> {
  const encoded: EncodedText[] = [];
  for (const row of rows) if ('text' in row) encoded.push(model.encode(row.text));
  const scores = encoded.length === 0 ? [] : await scorer.score(model, encoded);
  let next = 0;
  return rows.map((row) => {
    if (!('text' in row)) return null;
    const rowScores = scores[next] as Float64Array;
    const truncated = (encoded[next] as EncodedText).truncated;
    next++;
    const labels = topK(rowScores, k, threshold).map((index) => ({
      label: model.labels[index] as string,
      score: rowScores[index] as number,
    }));
    return { labels, truncated };
  });
}

function toResult(
  row: Row,
  names: readonly string[] | null,
  answers: readonly (Answer | null)[],
  requestId: string,
): RowResult {
  const id = row.id === undefined ? {} : { id: row.id };
  if ('failure' in row) return { ...id, error: toProblem(row.failure, requestId) as RowResult['error'] };
  if (names === null) return { ...id, ...(answers[0] as Answer) };
  return { ...id, byModel: Object.fromEntries(names.map((name, index) => [name, answers[index] as Answer])) };
}
