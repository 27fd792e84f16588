import { z } from 'zod';
import { fromJsonBytes, toJsonBytes } from '../../shared/core/json-bytes.ts';
import { splitBatches } from '../../shared/core/split-batches.ts';
import { type PartFamily, partKey } from '../../shared/customer/customer-keys.ts';
import { type ListedPart, listDays, readPart } from '../../shared/customer/parts.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { MERGE_LIMITS } from './compact.ts';
import { readDayParts } from './day-parts.ts';
import type { CollectDeps } from './deps.ts';
import { type Erased, finishMerges, isErased, mergeParts, type PersonalLine } from './merge-parts.ts';
import { readPendingErasures, recordPrivacy } from './privacy-records.ts';

/** Families whose lines may say whose they are. */
const PERSONAL_FAMILIES: readonly PartFamily[] = ['events', 'users', 'feedback'];
/** Parts read by one tick; the next one goes on. */
const MAX_PARTS = 400;
/** Customers whose lines one round takes out. */
const MAX_CUSTOMERS = 500;

/** `privacy/round.json`, schema version 1: a walk over all parts that takes lines of these customers out; days up to here are done. */
const RoundSchema = z.object({
  schemaVersion: z.literal(1),
  revision: z.string(),
  erased: z.record(z.string(), z.iso.datetime()),
  /** Keys of the marks that asked for it. */
  marks: z.array(z.string()),
  /** The last day that was done, by family. */
  done: z.record(z.string(), z.iso.date()),
  /** Some part could not be changed yet: another round is needed. */
  isIncomplete: z.boolean(),
});

type Round = Omit<z.infer<typeof RoundSchema>, 'schemaVersion' | 'revision'>;

/**
 * Takes lines of erased customers out of all parts, some parts a tick. When a walk met nothing that had to wait, its customers are done,
 * and that is recorded. Each tick goes on where the one before stopped; one that is repeated finds nothing to do.
 */
export async function rewriteErased(deps: CollectDeps, tenant: string): Promise<void> {
  let round = await readRound(deps.store, tenant);
  if (round === null) {
    const pending = await readPendingErasures(deps.store, tenant, MAX_CUSTOMERS);
    if (pending.marks.length === 0) return;
    round = { erased: pending.erased, marks: [...pending.marks], done: {}, isIncomplete: false };
  }
  let budget = MAX_PARTS;
  for (const family of PERSONAL_FAMILIES) {
    for (const date of await listDays(deps.store, tenant, family)) {
      if (date <= (round.done[family] ?? '')) continue;
      if (budget <= 0) return writeRound(deps, tenant, round);
      const walked = await rewriteDay(deps, tenant, family, date, round.erased);
      budget -= walked.parts;
      round = {
        ...round,
        done: { ...round.done, [family]: date },
        isIncomplete: round.isIncomplete || walked.isIncomplete,
      };
    }
  }
  await endRound(deps, tenant, round);
}

async function rewriteDay(
  deps: CollectDeps,
  tenant: string,
  family: PartFamily,
  date: string,
  erased: Erased,
): Promise<{ readonly parts: number; readonly isIncomplete: boolean }> {
  const day = await readDayParts(deps.store, tenant, family, date);
  let isIncomplete = !(await finishMerges(deps, tenant, day));
  const touched: ListedPart[] = [];
  for (const part of day.live) {
    const lines = await readPart<PersonalLine>(deps.store, partKey(tenant, family, date, part.sha256));
    if (lines?.some((line) => isErased(line, erased))) touched.push(part);
  }
  // Together, as each merge is one more write of the day's merges.
  for (const group of splitBatches(touched, ({ sizeBytes }) => sizeBytes, MERGE_LIMITS)) {
    const latest = await readDayParts(deps.store, tenant, family, date);
    const live = new Set(latest.live.map(({ sha256 }) => sha256));
    // A part that has yet to take effect must stay until it did.
    const from = group.map(({ sha256 }) => sha256).filter((sha256) => live.has(sha256) && latest.isSettled(sha256));
    const isDone = from.length > 0 && (await mergeParts(deps, tenant, latest, from, erased));
    if (!isDone || from.length < group.length) isIncomplete = true;
  }
  return { parts: day.live.length, isIncomplete };
}

async function endRound(deps: CollectDeps, tenant: string, round: Round): Promise<void> {
  if (!round.isIncomplete) {
    for (const [pseudonym, erasedAt] of Object.entries(round.erased)) {
      await recordPrivacy(deps, tenant, { kind: 'rewritten', pseudonym, detail: { erasedAt } });
    }
    for (const key of round.marks) await deps.store.delete(key);
  }
  await deps.store.delete(roundKey(tenant));
}

async function readRound(store: BlobStore, tenant: string): Promise<Round | null> {
  const found = await store.get(roundKey(tenant));
  if (found.kind === 'missing') return null;
  const { schemaVersion: _, revision: __, ...round } = RoundSchema.parse(fromJsonBytes(await found.bytes()));
  return round;
}

async function writeRound(deps: CollectDeps, tenant: string, round: Round): Promise<void> {
  await deps.store.put(roundKey(tenant), toJsonBytes({ schemaVersion: 1, revision: deps.newId(), ...round }));
}

function roundKey(tenant: string): string {
  return `tenants/${tenant}/privacy/round.json`;
}
