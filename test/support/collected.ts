import { type PartFamily, partKey } from '../../shared/customer/customer-keys.ts';
import { listDays, listLiveParts, type PartLine, readPart } from '../../shared/customer/parts.ts';
import { createPseudonymizer } from '../../shared/customer/pseudonym.ts';
import { parsePseudonymSecret } from '../../shared/customer/pseudonym-secret.ts';
import type { BlobStore } from '../../shared/ports/blob-store.ts';
import { eventually } from './eventually.ts';
import { PSEUDONYM_SECRET, type UseServer } from './test-server.ts';

/** The tenant of the common keys. */
export const TENANT = 'acme';
export const pseudonymizer = createPseudonymizer(parsePseudonymSecret(PSEUDONYM_SECRET));

/** An event with what is not said made up. */
export function event(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { eventId: 'e', type: 'view', userId: 'u', itemId: 'i', ...fields };
}

/** Asks until it holds, delivering what the queues have: they do so when they like. */
export function onceDelivered(useServer: UseServer, check: () => Promise<void>): Promise<void> {
  return eventually(async () => {
    await useServer().deliver();
    await check();
  });
}

/** All stored lines of a family that a test looks for. */
export async function linesOf<L extends PartLine>(
  store: BlobStore,
  family: PartFamily,
  wanted: (line: L) => boolean,
  tenant = TENANT,
): Promise<L[]> {
  const lines: L[] = [];
  for (const date of await listDays(store, tenant, family)) {
    for (const { sha256 } of await listLiveParts(store, tenant, family, date)) {
      lines.push(...((await readPart<L>(store, partKey(tenant, family, date, sha256))) ?? []).filter(wanted));
    }
  }
  return lines;
}
