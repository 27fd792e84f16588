import { createHash, createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createAcceptedEvents } from '../load/accepted-events.mjs';
import { numberOf, USERS } from '../load/event-source.mjs';
import { BENCH, PYTHON } from '../support/paths.mjs';
import { runCommand } from '../support/processes.mjs';
import { SECRET } from '../targets/collect-servers.mjs';
import { TENANT } from '../targets/storage.mjs';

/** As shared/customer/profile.ts says. */
const EVENTS_A_TYPE = 200;
const ID_DIGITS = 20;

/**
 * Counts on the disk what a server was told and accepted, and says which events lie there. `missing` were accepted and are not there;
 * `different` are there, but not as they were told; `repeated` lie there more than once.
 * @param {{kind: 'parts', folder: string} | {kind: 'sqlite', database: string}} kept
 */
export async function findStored(kept, telling) {
  const stored = createAcceptedEvents();
  const counts = { stored: 0, missing: 0, different: 0, repeated: 0 };
  const meet = (eventId, isAsTold) => {
    const number = numberOf(eventId);
    if (number === undefined) return;
    if (stored.has(number)) counts.repeated++;
    else stored.add(number, 1);
    if (!isAsTold(telling.source.event(number))) counts.different++;
  };
  const parts = kept.kind === 'parts' ? readParts(kept.folder, meet) : await readDatabase(kept.database, meet);
  counts.stored = stored.count;
  for (let number = 0; number < telling.accepted.end; number++) {
    if (telling.accepted.has(number) && !stored.has(number)) counts.missing++;
  }
  return { counts: { ...counts, parts }, stored };
}

/** Reads every part of events under the tenant. */
function readParts(folder, meet) {
  const events = join(folder, 'tenants', TENANT, 'events');
  const pseudonyms = createPseudonyms();
  let parts = 0;
  for (const day of readdirSync(events)) {
    for (const name of readdirSync(join(events, day))) {
      parts++;
      const lines = gunzipSync(readFileSync(join(events, day, name)))
        .toString()
        .split('\n');
      for (const line of lines.filter((text) => text !== '')) {
        const { eventId, user, receivedAt: _, ...rest } = JSON.parse(line);
        meet(eventId, ({ eventId: __, userId, ...told }) => user === pseudonyms(userId) && isSame(rest, told));
      }
    }
  }
  return parts;
}

async function readDatabase(database, meet) {
  const args = ['-m', 'peers.stored_events', database];
  const rows = (await runCommand(PYTHON, args, { cwd: BENCH })).split('\n');
  for (const row of rows.filter((text) => text !== '')) {
    const [eventId, ...columns] = row.split('\t');
    meet(eventId, ({ type, userId, itemId }) => isSame(columns, [type, userId, itemId]));
  }
  return null;
}

/** Counts the customers whose profiles do not hold exactly the newest 200 stored events of each type. */
export function checkProfiles({ folder }, stored, source) {
  const pseudonyms = createPseudonyms();
  const byUser = new Map();
  for (let number = 0; number < stored.end; number++) {
    if (!stored.has(number)) continue;
    const { userId, type } = source.event(number);
    const types = byUser.get(userId) ?? byUser.set(userId, {}).get(userId);
    types[type] ??= [];
    types[type].push(number);
  }
  const counts = { users: byUser.size, profileEvents: 0, boundedTypes: 0, wrongProfiles: 0 };
  for (const [userId, types] of byUser) {
    const found = readProfile(folder, pseudonyms(userId));
    const wanted = Object.fromEntries(
      // A greater number is later.
      Object.entries(types).map(([type, numbers]) => [type, numbers.slice(-EVENTS_A_TYPE).reverse()]),
    );
    counts.boundedTypes += Object.values(types).filter((numbers) => numbers.length > EVENTS_A_TYPE).length;
    counts.profileEvents += Object.values(found).reduce((sum, events) => sum + events.length, 0);
    if (!isProfile(found, wanted, source)) counts.wrongProfiles++;
  }
  return counts;
}

function isProfile(found, wanted, source) {
  if (!isSame(Object.keys(found).sort(), Object.keys(wanted).sort())) return false;
  return Object.entries(wanted).every(([type, numbers]) => {
    const expected = numbers.map((number) => {
      const { eventId, itemId, at } = source.event(number);
      return { id: createHash('sha256').update(eventId).digest('hex').slice(0, ID_DIGITS), itemId, at };
    });
    return isSame(found[type], expected);
  });
}

function readProfile(folder, pseudonym) {
  const path = join(folder, 'tenants', TENANT, 'profiles', pseudonym.slice(0, 2), `${pseudonym}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).events : {};
}

/** As shared/customer/pseudonym.ts says, each made once. */
function createPseudonyms() {
  const known = new Map();
  return (userId) => {
    const made = known.get(userId) ?? pseudonymOf(userId);
    if (known.size < USERS) known.set(userId, made);
    return made;
  };
}

function pseudonymOf(userId) {
  const message = JSON.stringify([TENANT, userId]);
  return createHmac('sha256', SECRET).update(message).digest('hex').slice(0, 32);
}

function isSame(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
