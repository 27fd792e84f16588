/** Ten events that follow one another are a session of one customer: a call of 100 names ten customers. */
const SESSION_EVENTS = 10;
/** One session in ten is of one of the busy customers, whose profiles soon are as full as they may be. */
const BUSY_USERS = 20;
const BUSY_EVERY = 10;
export const USERS = 20_000;
const ITEMS = 5_000;
const TYPES = ['view', 'view', 'view', 'view', 'view', 'view', 'click', 'click', 'cart', 'purchase'];
/** The first event happened so long ago: a load of millions, a millisecond apart, ends in the past. */
const BEGAN_AGO_MS = 24 * 60 * 60 * 1000;
const ID = /^e(\d+)$/;

/**
 * Events by number, from 0: the n-th is always the same, so that what was accepted needs no list to be compared with. Distinct by id
 * and by time.
 */
export function createEventSource(nowMs = Date.now()) {
  const beganMs = nowMs - BEGAN_AGO_MS;
  return {
    event(n) {
      const session = Math.floor(n / SESSION_EVENTS);
      return {
        eventId: `e${n}`,
        type: TYPES[n % SESSION_EVENTS],
        userId: `customer-${spread(session) % (session % BUSY_EVERY === 0 ? BUSY_USERS : USERS)}`,
        itemId: `${10_000 + (spread(n + 0x5bd1e995) % ITEMS)}`,
        at: new Date(beganMs + n).toISOString(),
        sessionId: `session-${session}`,
      };
    },
    /** The body of a call that tells of `size` events from the n-th on. */
    body(n, size) {
      return JSON.stringify({ events: Array.from({ length: size }, (_, i) => this.event(n + i)) });
    },
  };
}

/** The number of an event by its id; undefined for one that is not of a source. */
export function numberOf(eventId) {
  const digits = ID.exec(eventId)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The finalizer of MurmurHash3 (Appleby, public domain): neighbours land far apart. */
function spread(value) {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
