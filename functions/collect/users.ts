import type { Outcome } from '../../shared/core/failure.ts';
import { invalidField } from '../../shared/core/failure.ts';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { fail, ok } from '../../shared/core/result.ts';
import { type PartFamily, partKey, tombstoneKey } from '../../shared/customer/customer-keys.ts';
import { listDays, listLiveParts, readPart } from '../../shared/customer/parts.ts';
import { erase } from '../../shared/customer/profile.ts';
import { readProfile, writeProfile } from '../../shared/customer/profile-store.ts';
import type { Caller } from '../../shared/http/caller.ts';
import type { Erasure, Export, ExportQuery } from './contract.ts';
import type { CollectDeps } from './deps.ts';
import { listTrainedOn } from './lineage.ts';
import type { PersonalLine } from './merge-parts.ts';
import { markErasurePending, recordPrivacy } from './privacy-records.ts';
import { writeUntilWritten } from './write-until-written.ts';

/** A promise to the person; the ticks are usually done within the hour. */
const REWRITTEN_WITHIN_MS = 30 * 24 * 60 * 60 * 1000;
/** Parts that one page of an export reads. */
const PARTS_A_PAGE = 200;
const PERSONAL_FAMILIES: readonly PartFamily[] = ['events', 'users', 'feedback'];

/**
 * Erases a person. At once: the profile is empty and stays deaf to all that happened until now, however often or late it is told. Within
 * 30 days: the person's lines are taken out of all parts. What the person does afterwards begins a new profile.
 */
export async function eraseUser(deps: CollectDeps, userId: string, caller: Caller): Promise<Outcome<Erasure>> {
  const { tenant, requestId } = caller;
  const pseudonym = await deps.pseudonymizer.pseudonym(tenant, userId);
  const erasedAt = await eraseProfile(deps, tenant, pseudonym);
  if (erasedAt === null) {
    const detail = "The customer's profile is written by others all the time; it was not erased yet.";
    return fail({ kind: 'unavailable', detail, retryAfterSeconds: 2 });
  }
  await deps.store.put(tombstoneKey(tenant, pseudonym), toJsonBytes({ schemaVersion: 1, erasedAt, requestId }));
  const trainedOn = await listTrainedOn(deps.store, tenant);
  await recordPrivacy(deps, tenant, { kind: 'erased', pseudonym, requestId, detail: { trainedOn } });
  const partsRewrittenBy = new Date(Date.parse(erasedAt) + REWRITTEN_WITHIN_MS).toISOString();
  return ok({ erasedAt, partsRewrittenBy, trainedOn, requestId });
}

/**
 * Empties the profile, and returns the moment up to which it is deaf: that of the write, so that nothing that came while others wrote is
 * lost without having been erased. `null` where others wrote at every try.
 */
function eraseProfile(deps: CollectDeps, tenant: string, pseudonym: string): Promise<string | null> {
  return writeUntilWritten(deps.clock, async () => {
    const read = await readProfile(deps.store, tenant, pseudonym);
    const content = erase(read.content, new Date(deps.clock.now()).toISOString());
    const erasedAt = content.erasedAt as string;
    // First the mark: the parts will be rewritten even if nothing more happens here.
    await markErasurePending(deps, tenant, pseudonym, erasedAt);
    const { keyVersion } = deps.pseudonymizer;
    const document = { ...content, revision: deps.newId(), keyVersion };
    // Also where there is no profile: what is on its way must find it deaf.
    return { value: erasedAt, written: await writeProfile(deps.store, tenant, pseudonym, read, document) };
  });
}

type StoredLine = PersonalLine & Readonly<Record<string, unknown>>;

/** Where the next page of an export begins. */
interface Place {
  readonly family: PartFamily;
  readonly date: string;
  readonly sha256: string;
}

/** A page of what is stored of a person: the profile (on the first page) and the person's lines of so many parts. */
export async function exportUser(
  deps: CollectDeps,
  userId: string,
  query: ExportQuery,
  caller: Caller,
): Promise<Outcome<Export>> {
  const { tenant, requestId } = caller;
  const from = query.cursor === undefined ? null : readCursor(query.cursor);
  if (query.cursor !== undefined && from === null) return invalidField('cursor', 'is not one that an export gave');
  const pseudonym = await deps.pseudonymizer.pseudonym(tenant, userId);
  const lines: Record<string, StoredLine[]> = { events: [], users: [], feedback: [] };
  let partsRead = 0;
  let next: Place | undefined;
  for await (const place of walk(deps, tenant, from)) {
    if (partsRead === PARTS_A_PAGE) {
      next = place;
      break;
    }
    partsRead++;
    const part = await readPart<StoredLine>(deps.store, partKey(tenant, place.family, place.date, place.sha256));
    lines[place.family]?.push(...(part ?? []).filter(({ user }) => user === pseudonym));
  }
  if (from === null) await recordPrivacy(deps, tenant, { kind: 'exported', pseudonym, requestId });
  const profile = from === null ? { profile: (await readProfile(deps.store, tenant, pseudonym)).content } : {};
  return ok({ pseudonym, ...profile, lines, ...(next ? { next: writeCursor(next) } : {}), requestId });
}

async function* walk(deps: CollectDeps, tenant: string, from: Place | null): AsyncGenerator<Place> {
  for (const family of PERSONAL_FAMILIES.slice(from ? PERSONAL_FAMILIES.indexOf(from.family) : 0)) {
    const begin = from?.family === family ? from : null;
    for (const date of await listDays(deps.store, tenant, family)) {
      if (begin && date < begin.date) continue;
      for (const { sha256 } of await listLiveParts(deps.store, tenant, family, date)) {
        if (begin && date === begin.date && sha256 < begin.sha256) continue;
        yield { family, date, sha256 };
      }
    }
  }
}

function writeCursor(place: Place): string {
  return btoa(new TextDecoder().decode(toJsonBytes(place)));
}

function readCursor(cursor: string): Place | null {
  try {
    const place: unknown = fromJsonBytes(Uint8Array.from(atob(cursor), (character) => character.charCodeAt(0)));
    if (typeof place !== 'object' || place === null) return null;
    const { family, date, sha256 } = place as Record<string, unknown>;
    const known = PERSONAL_FAMILIES.find((name) => name === family);
    if (!known || typeof date !== 'string' || typeof sha256 !== 'string') return null;
    return { family: known, date, sha256 };
  } catch {
    return null;
  }
}
