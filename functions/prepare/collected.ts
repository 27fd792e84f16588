import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/core/result.ts';
import { utcDate } from '../../shared/core/utc-date.ts';
import { erasedPrefix, type PartFamily, partKey } from '../../shared/customer/customer-keys.ts';
import { StoredEventSchema } from '../../shared/customer/event.ts';
import { listDays, listLiveParts, type PartLine, readPart } from '../../shared/customer/parts.ts';
import type { TextRow, UnreadableRow } from '../../shared/dataset/read-rows.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { listBlobs } from '../../shared/ports/list-all.ts';
import { BuildError } from './build-error.ts';
import type { PlanSource } from './plan.ts';

export type CollectedSource = Extract<PlanSource, { kind: 'feedback' | 'events' }>;

/** What of a line of feedback is read. */
const FeedbackLineSchema = z.object({
  feedbackId: z.string(),
  model: z.string(),
  label: z.string(),
  predicted: z.string().optional(),
  text: z.string().optional(),
  user: z.string().optional(),
  at: z.string(),
  receivedAt: z.string(),
});

/** The days with parts that a window touches, each with its parts of now: later ones belong to another wish. */
export async function listCollected(
  store: BlobStore,
  tenant: string,
  family: PartFamily,
  window: { readonly fromMs: number; readonly toMs: number },
): Promise<CollectedSource['days']> {
  const days: CollectedSource['days'] = [];
  const [first, last] = [utcDate(window.fromMs), utcDate(window.toMs)];
  for (const date of await listDays(store, tenant, family)) {
    if (date < first || date > last) continue;
    const parts = (await listLiveParts(store, tenant, family, date)).map(({ sha256 }) => sha256).sort();
    if (parts.length > 0) days.push({ date, parts });
  }
  return days;
}

/** Customers who were erased: nothing of theirs enters a dataset. */
export async function readErased(store: BlobStore, tenant: string): Promise<ReadonlySet<string>> {
  const tombstones = await listBlobs(store, erasedPrefix(tenant));
  return new Set(tombstones.map(({ key }) => key.slice(key.lastIndexOf('/') + 1, -'.json'.length)));
}

export interface CollectedRows {
  readonly rows: readonly Result<TextRow, UnreadableRow>[];
  /** The part that is next, and the number of its first row. */
  readonly part: number;
  readonly line: number;
  readonly isEnd: boolean;
}

/** The rows of the parts that follow, at least one of them. Rows are numbered as if all parts were one file. */
export async function readCollectedRows(
  store: BlobStore,
  tenant: string,
  source: CollectedSource,
  from: { readonly part: number; readonly line: number },
  maxRows: number,
): Promise<CollectedRows> {
  const keys = source.days.flatMap(({ date, parts }) =>
    parts.map((sha256) => partKey(tenant, source.kind, date, sha256)),
  );
  const erased = await readErased(store, tenant);
  const rows: Result<TextRow, UnreadableRow>[] = [];
  let { part, line } = from;
  for (; part < keys.length && rows.length < maxRows; part++) {
    const lines = await readPart<PartLine>(store, keys[part] as string);
    if (lines === null)
      throw new BuildError(
        'What was collected was put in order, or somebody erased, meanwhile. Ask for the dataset again.',
      );
    for (const entry of lines) {
      if (!isInWindow(entry, source)) continue;
      const row = source.kind === 'feedback' ? toFeedbackRow(entry, source, erased) : toEventRow(entry, source, erased);
      if (row !== null) rows.push(row.ok ? ok({ line, fields: row.value }) : fail({ line, reason: row.failure }));
      line++;
    }
  }
  return { rows, part, line, isEnd: part >= keys.length };
}

function isInWindow({ receivedAt }: PartLine, { fromMs, toMs }: CollectedSource): boolean {
  const at = Date.parse(receivedAt);
  return at >= fromMs && at < toMs;
}

/** Null where it was not asked for. */
function toFeedbackRow(
  line: unknown,
  { model }: CollectedSource,
  erased: ReadonlySet<string>,
): Result<Record<string, string>, string> | null {
  const parsed = FeedbackLineSchema.safeParse(line);
  if (!parsed.success) return fail('is no line of feedback');
  const feedback = parsed.data;
  if (model !== undefined && feedback.model.split('@')[0] !== model) return null;
  if (feedback.user !== undefined && erased.has(feedback.user)) return fail('is of a customer who was erased');
  if (feedback.text === undefined) return fail('has no text: it is of a picture');
  const { feedbackId, label, text, at, predicted, user } = feedback;
  return ok({
    feedbackId,
    text,
    label,
    at,
    model: feedback.model,
    ...(predicted === undefined ? {} : { predicted }),
    ...(user === undefined ? {} : { user }),
  });
}

function toEventRow(
  line: unknown,
  { types }: CollectedSource,
  erased: ReadonlySet<string>,
): Result<Record<string, string>, string> | null {
  const parsed = StoredEventSchema.safeParse(line);
  if (!parsed.success) return fail('is no event');
  const { eventId, type, user, itemId, value, at } = parsed.data;
  if (types !== undefined && !types.includes(type)) return null;
  if (user === undefined) return fail('has no customer');
  if (erased.has(user)) return fail('is of a customer who was erased');
  return ok({ eventId, user, itemId, type, at, ...(value === undefined ? {} : { value: String(value) }) });
}

/** How the fields above are taken: what says who it was does not go into rows of texts. */
export const FEEDBACK_COLUMNS = {
  text: 'text',
  label: 'label',
  id: 'feedbackId',
  group: 'user',
  time: 'at',
  keep: ['model', 'predicted', 'at'],
};
export const EVENT_COLUMNS = { text: '', label: '', id: 'eventId', group: 'user', time: 'at', keep: [] };
