import { sha256Hex } from '../../shared/core/hex.ts';
import { partKey } from '../../shared/customer/customer-keys.ts';
import { type PartMerge, stands, writeMerges } from '../../shared/customer/part-merges.ts';
import { type PartLine, partDigest, readPart, storePart } from '../../shared/customer/parts.ts';
import { countsAfter } from '../../shared/customer/profile.ts';
import type { DayParts } from './day-parts.ts';
import type { CollectDeps } from './deps.ts';

/** Erased customers by pseudonym, with when. */
export type Erased = Readonly<Record<string, string>>;

/** A line that may say whose it is and when it happened. */
export interface PersonalLine extends PartLine {
  readonly user?: string | undefined;
  readonly at?: string | undefined;
}

/** Whether the line is of an erased customer, from before the erasure. */
export function isErased(line: PersonalLine, erased: Erased): boolean {
  const erasedAt = line.user === undefined ? undefined : erased[line.user];
  return !countsAfter(erasedAt, { at: line.at ?? line.receivedAt, receivedAt: line.receivedAt });
}

/**
 * Writes settled parts of a day anew as one, without the lines of erased customers. First the merge is written down (the commit: of two
 * writers one wins), then the new part, then the old ones are deleted; after a crash in between `finishMerges` does the rest.
 * False where somebody else changed the day's merges, or a part is gone: look again later.
 */
export async function mergeParts(
  deps: CollectDeps,
  tenant: string,
  day: DayParts,
  from: readonly string[],
  erased: Erased = {},
): Promise<boolean> {
  // A merge that another began and has not carried out: the part's lines are on their way into that one.
  const isTaken = day.merges.merges.some((merge) => merge.from.some((sha256) => from.includes(sha256)));
  const lines = isTaken ? null : await readLines(deps, tenant, day, from, erased);
  if (lines === null) return false;
  const into = await mergedName(lines, from);
  const merge: PartMerge = {
    into,
    from: [...from],
    at: new Date(deps.clock.now()).toISOString(),
    ...(Object.keys(erased).length === 0 ? {} : { erased }),
  };
  const place = { tenant, family: day.family, date: day.date, revision: deps.newId() };
  const written = await writeMerges(deps.store, place, day.merges, [...day.merges.merges, merge]);
  if (written.kind !== 'written') return false;
  await carryOut(deps, tenant, day, merge, lines);
  return true;
}

/**
 * Ends merges that a crash cut off: writes what is missing, deletes what was replaced. True where nothing is left to do. Another that
 * ends the same merge does the same: a part's name says what is in it.
 */
export async function finishMerges(deps: CollectDeps, tenant: string, day: DayParts): Promise<boolean> {
  const { merges } = day.merges;
  const listed = new Set(day.listed.map(({ sha256 }) => sha256));
  let isDone = true;
  for (const [place, merge] of merges.entries()) {
    if (stands(merges, place, listed)) {
      for (const sha256 of merge.from) if (listed.has(sha256)) await deps.store.delete(keyOf(tenant, day, sha256));
      continue;
    }
    isDone = false;
    const lines = await readLines(deps, tenant, day, merge.from, merge.erased ?? {});
    if (lines !== null && (await mergedName(lines, merge.from)) === merge.into)
      await carryOut(deps, tenant, day, merge, lines);
    else deps.log({ event: 'incident', what: `a merge of ${day.family} of ${day.date} can't be carried out` });
  }
  return isDone;
}

async function carryOut(
  deps: CollectDeps,
  tenant: string,
  day: DayParts,
  { into, from }: PartMerge,
  lines: readonly PartLine[],
): Promise<void> {
  if (into !== null) await storePart(deps.store, keyOf(tenant, day, into), lines);
  for (const sha256 of from) await deps.store.delete(keyOf(tenant, day, sha256));
}

/**
 * The name of a merged part, `null` where no line is left for it. It says what is in the part and where that came from: lines that were
 * merged with others, which then were erased, must not get the name back of a part that is replaced.
 */
async function mergedName(lines: readonly PartLine[], from: readonly string[]): Promise<string | null> {
  return lines.length === 0 ? null : sha256Hex([await partDigest(lines), ...from].join('\n'));
}

async function readLines(
  deps: CollectDeps,
  tenant: string,
  day: DayParts,
  parts: readonly string[],
  erased: Erased,
): Promise<PersonalLine[] | null> {
  const lines: PersonalLine[] = [];
  for (const sha256 of parts) {
    const part = await readPart<PersonalLine>(deps.store, keyOf(tenant, day, sha256));
    if (part === null) return null;
    for (const line of part) if (!isErased(line, erased)) lines.push(line);
  }
  return lines;
}

function keyOf(tenant: string, { family, date }: Pick<DayParts, 'family' | 'date'>, sha256: string): string {
  return partKey(tenant, family, date, sha256);
}
