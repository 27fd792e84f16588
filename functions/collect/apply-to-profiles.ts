import { inParallel } from '../../shared/core/in-parallel.ts';
import type { StoredEvent } from '../../shared/customer/event.ts';
import { applyEvents, type ProfileContent, toIncomingEvent } from '../../shared/customer/profile.ts';
import { readProfile, writeProfile } from '../../shared/customer/profile-store.ts';
import { describeError } from '../../shared/http/request-log.ts';
import type { CollectDeps } from './deps.ts';
import type { Erased } from './merge-parts.ts';
import { writeUntilWritten } from './write-until-written.ts';

/** How it went, customer by customer. */
export interface Applied {
  /** Customers whose profile lacks events: their parts must come again. */
  readonly failed: ReadonlySet<string>;
  /** Customers who were erased, with when. */
  readonly erased: Erased;
}

/** Brings events into their customers' profiles, one read and one write a customer. */
export async function applyToProfiles(
  deps: CollectDeps,
  tenant: string,
  events: readonly StoredEvent[],
): Promise<Applied> {
  const byUser = Map.groupBy(
    events.filter((event) => event.user !== undefined),
    (event) => event.user as string,
  );
  const failed = new Set<string>();
  const erased: Record<string, string> = {};
  await inParallel([...byUser], async ([user, own]) => {
    const profile = await applyToProfile(deps, tenant, user, own).catch((error: unknown) => {
      deps.log({ event: 'incident', what: 'a profile could not be written', error: describeError(error) });
      return null;
    });
    if (profile === null) failed.add(user);
    else if (profile.erasedAt !== undefined) erased[user] = profile.erasedAt;
  });
  return { failed, erased };
}

/** The profile with the events in it, or `null` where others wrote it at every try. */
async function applyToProfile(
  deps: CollectDeps,
  tenant: string,
  user: string,
  events: readonly StoredEvent[],
): Promise<ProfileContent | null> {
  const incoming = await Promise.all(events.map(toIncomingEvent));
  return writeUntilWritten(deps.clock, async () => {
    const read = await readProfile(deps.store, tenant, user);
    const content = applyEvents(read.content, incoming);
    // They were applied before: by another delivery, or by a write whose answer was lost.
    if (content === read.content) return { value: content, written: 'nothing-to-write' };
    const { keyVersion } = deps.pseudonymizer;
    const document = { ...content, revision: deps.newId(), keyVersion };
    return { value: content, written: await writeProfile(deps.store, tenant, user, read, document) };
  });
}
