import { type Failure, invalidField, type Outcome } from '../../shared/core/failure.ts';
import { sha256Hex } from '../../shared/core/hex.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { incompleteUtf8Bytes } from '../../shared/core/utf8-tail.ts';
import type { ItemUpdate } from '../../shared/customer/catalogue.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import type { Policy } from '../../shared/customer/policy.ts';
import {
  beginReading,
  type ReaderState,
  type RowFormat,
  readRows,
  type TextRow,
} from '../../shared/dataset/read-rows.ts';
import { acceptEvent } from './accept-event.ts';
import { keep } from './collect.ts';
import { MAX_REJECTED_SHOWN } from './contract-imports.ts';
import type { CollectDeps } from './deps.ts';
import { type Converted, convertRow, type Understanding } from './import-convert.ts';
import { guessDateFormat, guessMapping, type Mapping, missingFields } from './import-mapping.ts';
import type { ImportState } from './import-state.ts';
import { createRequestPseudonyms } from './pseudonyms.ts';

/** Of one part: the consumer reads it whole and writes each customer's profile. */
const EVENTS_A_PART = 5_000;
const CUSTOMERS_A_PART = 400;
const ITEMS_A_PART = 5_000;
/** Text is parsed in pieces of about so many characters. */
const PIECE_CHARACTERS = 256 * 1024;
/** Rows whose dates are looked at to tell how they are written. */
const ROWS_FOR_DATES = 1_000;
/** Distinct reasons that are counted by themselves. */
const MAX_REASONS = 50;
const MAX_EVENT_ID = 128;

/** Reads a file piece by piece and keeps what it says. */
export interface Importer {
  push(bytes: Uint8Array<ArrayBuffer>): Promise<Outcome<null>>;
  /** What is read is kept; with `isEnd`, the last row needs no line break. The state to go on from. */
  close(isEnd: boolean): Promise<Outcome<ImportState>>;
  /** The first events or items, as they would be kept. */
  readonly examples: readonly object[];
}

export interface ImporterOptions {
  readonly tenant: string;
  readonly policy: Policy;
  readonly format?: RowFormat;
  /** Nothing is kept. */
  readonly isDryRun?: boolean;
}

const EXAMPLES = 5;

/**
 * The same text from the same state makes the same parts, so whoever was cut off sends it again and nothing doubles. All parts lie under
 * the day on which the import began.
 */
export function createImporter(deps: CollectDeps, from: ImportState, options: ImporterOptions): Importer {
  const state = { ...from, rows: { ...from.rows }, rejectedBy: { ...from.rejectedBy }, rejected: [...from.rejected] };
  const startedMs = Date.parse(state.startedAt);
  const pseudonymOf = createRequestPseudonyms(deps.pseudonymizer, options.tenant);
  const decoder = new TextDecoder(state.settings.encoding);
  const items = new Map<string, ItemUpdate>();
  const examples: object[] = [];
  let tail = Uint8Array.from(atob(state.tail), (character) => character.charCodeAt(0));
  let text = '';
  let events: StoredEvent[] = [];
  let ids = new Set<string>();
  let customers = new Set<string>();

  const reject = (line: number, reason: string) => {
    state.rows.rejected++;
    const known = state.rejectedBy[reason];
    const counted =
      known !== undefined || Object.keys(state.rejectedBy).length < MAX_REASONS ? reason : 'other reasons';
    state.rejectedBy[counted] = (state.rejectedBy[counted] ?? 0) + 1;
    if (state.rejected.length < MAX_REJECTED_SHOWN) state.rejected.push({ line, reason });
  };

  const keepEvents = async () => {
    if (events.length > 0 && !options.isDryRun) await keep(deps, options.tenant, 'events', events, startedMs);
    events = [];
    ids = new Set();
    customers = new Set();
  };

  const keepItems = async () => {
    const updates = [...items.values()];
    for (let at = 0; at < updates.length && !options.isDryRun; at += ITEMS_A_PART) {
      await keep(deps, options.tenant, 'items', updates.slice(at, at + ITEMS_A_PART), startedMs);
    }
    items.clear();
  };

  const takeEvent = async (line: number, { event, idParts }: Converted): Promise<boolean> => {
    if (!event) return true;
    const { consent } = state.settings;
    const sent = { ...event, eventId: '', ...(consent === undefined ? {} : { consent }) };
    const accepted = acceptEvent(sent, options.policy, startedMs);
    if (!accepted.ok) {
      reject(line, accepted.failure);
      return false;
    }
    const { userId } = accepted.value;
    const user = userId === undefined ? undefined : await pseudonymOf(userId);
    const eventId = await eventIdOf([...(idParts ?? []), user ?? '']);
    if (ids.has(eventId)) {
      state.rows.duplicates++;
      return true;
    }
    ids.add(eventId);
    if (user === undefined) state.rows.guests++;
    else customers.add(user);
    const stored = { ...accepted.value.event, eventId, ...(user === undefined ? {} : { user }) };
    events.push(stored);
    if (examples.length < EXAMPLES) examples.push(stored);
    state.period = widen(state.period, event.at);
    if (events.length >= EVENTS_A_PART || customers.size >= CUSTOMERS_A_PART) await keepEvents();
    return true;
  };

  const takeItem = ({ event, item }: Converted) => {
    if (!item) return;
    const update: ItemUpdate = event
      ? { ...item, receivedAt: event.at, derived: true }
      : { ...item, receivedAt: state.startedAt };
    const known = items.get(item.itemId);
    if (known && known.receivedAt > update.receivedAt) return;
    if (!known) state.items++;
    items.set(item.itemId, update);
    if (!event && examples.length < EXAMPLES) examples.push(item);
  };

  /** Reads what came so far; of the first rows it is told how the file is to be understood. */
  const read = async (isEnd: boolean): Promise<Outcome<null>> => {
    const reader: ReaderState =
      state.reader ?? beginReading(state.settings.format ?? options.format ?? guessFormat(text));
    const { state: next, rows } = readRows(reader, text, isEnd);
    state.reader = { ...next, columns: next.columns === null ? null : [...next.columns] };
    text = '';
    const good = rows.flatMap((row) => (row.ok ? [row.value] : []));
    if (state.understanding === null && next.columns !== null && (good.length > 0 || isEnd)) {
      const understood = understand(state.settings, next.columns, good);
      if (!understood.ok) return understood;
      state.understanding = understood.value as ImportState['understanding'];
    }
    const how = state.understanding as Understanding | null;
    for (const row of rows) {
      state.rows.read++;
      if (!row.ok || how === null) {
        if (!row.ok) reject(row.failure.line, row.failure.reason);
        continue;
      }
      const converted = convertRow(row.value, how);
      if (!converted.ok) reject(row.value.line, converted.failure);
      else if (await takeEvent(row.value.line, converted.value)) {
        state.rows.accepted++;
        takeItem(converted.value);
      }
    }
    return ok(null);
  };

  return {
    examples,
    async push(bytes) {
      const whole = tail.length === 0 ? bytes : joined(tail, bytes);
      const cut = state.settings.encoding === 'utf-8' ? incompleteUtf8Bytes(whole) : 0;
      tail = whole.slice(whole.length - cut);
      text += decoder.decode(whole.subarray(0, whole.length - cut));
      return text.length >= PIECE_CHARACTERS ? read(false) : ok(null);
    },
    async close(isEnd) {
      if (isEnd) text += decoder.decode(tail);
      const done = await read(isEnd);
      if (!done.ok) return done;
      if (isEnd && state.rows.read === 0) return fail(nothingToRead());
      await keepEvents();
      await keepItems();
      state.tail = isEnd ? '' : btoa(String.fromCharCode(...tail));
      return ok({ ...state, status: isEnd ? 'finished' : 'open' });
    },
  };
}

/** Settings over guesses; a column that is not there, or a field that is needed and not found, is told with what there is. */
function understand(
  settings: ImportState['settings'],
  columns: readonly string[],
  rows: readonly TextRow[],
): Outcome<Understanding> {
  const guess = guessMapping(columns, settings.kind);
  const mapping: Mapping = { ...guess.mapping, ...settings.mapping };
  const there = `The columns are: ${columns.slice(0, 40).join(', ')}.`;
  for (const [field, column] of Object.entries(settings.mapping ?? {})) {
    if (column !== undefined && !columns.includes(column))
      return invalidField(`mapping.${field}`, `there is no column "${column}". ${there}`);
  }
  const missing = missingFields(guess.kind, mapping)[0];
  if (missing !== undefined)
    return invalidField(
      `mapping.${missing}`,
      `say which column holds it (the file looks like ${guess.kind}). ${there}`,
    );
  const dates = rows.slice(0, ROWS_FOR_DATES).map(({ fields }) => fields[mapping.at ?? ''] ?? '');
  return ok({ kind: guess.kind, mapping, dateFormat: settings.dateFormat ?? guessDateFormat(dates) });
}

function nothingToRead(): Failure {
  return { kind: 'malformed-body', detail: 'The file has no row: a header and at least one row are expected.' };
}

function guessFormat(text: string): RowFormat {
  return text.trimStart().startsWith('{') ? 'ndjson' : 'csv';
}

/** The same for the same row of the same customer, so that a file that is imported again changes nothing. */
async function eventIdOf(parts: readonly string[]): Promise<string> {
  const text = parts.join('/');
  return text.length <= MAX_EVENT_ID ? text : `sha256-${await sha256Hex(JSON.stringify(parts))}`;
}

function widen(period: ImportState['period'], at: string): ImportState['period'] {
  if (period === null) return { from: at, to: at };
  return { from: at < period.from ? at : period.from, to: at > period.to ? at : period.to };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
