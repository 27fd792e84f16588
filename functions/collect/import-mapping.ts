/** What a file to import holds. */
export type ImportKind = 'orders' | 'events' | 'items';

/** How a column of dates is written. `mdy`: month, day, year; `unix-s`, `unix-ms`: seconds or milliseconds since 1970. */
export type DateFormat = 'iso' | 'mdy' | 'dmy' | 'unix-s' | 'unix-ms';

/** Fields that columns can be mapped to. */
export const FIELDS = [
  'orderId',
  'eventId',
  'type',
  'userId',
  'itemId',
  'at',
  'quantity',
  'price',
  'value',
  'title',
  'text',
  'categories',
  'available',
  'sessionId',
] as const;

export type Field = (typeof FIELDS)[number];

/** Which column holds which field. */
export type Mapping = Partial<Record<Field, string>>;

/** Names of columns as shops and shop systems export them, in lower case without signs; earlier ones are better. */
const KNOWN_NAMES: Readonly<Record<Field, readonly string[]>> = {
  orderId: [
    'orderid',
    'invoiceno',
    'invoice',
    'invoiceid',
    'ordernumber',
    'orderno',
    'transactionid',
    'order',
    'receipt',
    'name',
  ],
  eventId: ['eventid', 'id', 'uuid'],
  type: ['type', 'eventtype', 'event', 'action', 'behavior', 'behaviour', 'interaction'],
  userId: [
    'userid',
    'customerid',
    'user',
    'customer',
    'visitorid',
    'clientid',
    'personid',
    'memberid',
    'customeremail',
    'email',
    'uid',
  ],
  itemId: [
    'itemid',
    'stockcode',
    'productid',
    'sku',
    'lineitemsku',
    'articleid',
    'contentid',
    'movieid',
    'asin',
    'product',
    'item',
    'variantsku',
    'productcode',
    'handle',
    'id',
  ],
  at: [
    'at',
    'timestamp',
    'invoicedate',
    'orderdate',
    'createdat',
    'datetime',
    'date',
    'time',
    'eventtime',
    'purchasedate',
    'paidat',
  ],
  quantity: ['quantity', 'qty', 'lineitemquantity', 'count', 'units', 'amountordered'],
  price: ['unitprice', 'price', 'lineitemprice', 'itemprice', 'variantprice', 'saleprice'],
  value: ['value', 'rating', 'score', 'stars', 'weight'],
  title: ['title', 'description', 'productname', 'lineitemname', 'itemname', 'producttitle', 'name'],
  text: ['text', 'longdescription', 'body', 'bodyhtml', 'details', 'description'],
  categories: ['categories', 'category', 'categorycode', 'producttype', 'department', 'genres', 'type'],
  available: ['available', 'instock', 'availability', 'stock', 'published'],
  sessionId: ['sessionid', 'session', 'usersession'],
};

/** Fields that each kind of file can have, in the order in which columns are given to them. */
const FIELDS_OF: Readonly<Record<ImportKind, readonly Field[]>> = {
  orders: ['itemId', 'userId', 'at', 'quantity', 'price', 'orderId', 'title', 'categories'],
  events: ['type', 'userId', 'itemId', 'at', 'value', 'sessionId', 'eventId'],
  items: ['itemId', 'title', 'text', 'categories', 'price', 'available'],
};

/** What the header says of a file, as far as it can be told. */
export interface Guess {
  readonly kind: ImportKind;
  readonly mapping: Mapping;
}

/** The kind that a header looks like, and which column is what. */
export function guessMapping(columns: readonly string[], kind?: ImportKind): Guess {
  const guessed = kind ?? guessKind(columns);
  return { kind: guessed, mapping: mapColumns(columns, FIELDS_OF[guessed]) };
}

/** Fields without which a row of this kind says nothing. */
export function missingFields(kind: ImportKind, mapping: Mapping): Field[] {
  const needed: readonly Field[] = kind === 'items' ? ['itemId'] : ['itemId', 'at'];
  return needed.filter((field) => mapping[field] === undefined);
}

function guessKind(columns: readonly string[]): ImportKind {
  const orders = mapColumns(columns, FIELDS_OF.orders);
  if (orders.quantity !== undefined && orders.at !== undefined) return 'orders';
  const events = mapColumns(columns, FIELDS_OF.events);
  if (events.userId !== undefined && events.itemId !== undefined && events.at !== undefined) return 'events';
  return orders.at !== undefined && orders.orderId !== undefined ? 'orders' : 'items';
}

/** Each column goes to one field at most. */
function mapColumns(columns: readonly string[], fields: readonly Field[]): Mapping {
  const mapping: Mapping = {};
  const free = new Set(columns);
  for (const field of fields) {
    const column = KNOWN_NAMES[field]
      .map((name) => columns.find((candidate) => free.has(candidate) && plain(candidate) === name))
      .find((candidate) => candidate !== undefined);
    if (column === undefined) continue;
    mapping[field] = column;
    free.delete(column);
  }
  return mapping;
}

function plain(column: string): string {
  return column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * How these dates are written. Of two numbers that could both be the month, the first is taken for it between slashes (as in the United
 * States) and the second between dots.
 */
export function guessDateFormat(dates: readonly string[]): DateFormat {
  const first = dates.map((date) => date.trim()).filter((date) => date !== '');
  if (first.length > 0 && first.every((date) => /^\d{9,10}(\.\d+)?$/.test(date))) return 'unix-s';
  if (first.length > 0 && first.every((date) => /^\d{12,13}$/.test(date))) return 'unix-ms';
  const pairs = first.flatMap((date) => {
    const match = /^(\d{1,2})([/.-])(\d{1,2})\2\d{2,4}/.exec(date);
    return match ? [{ a: Number(match[1]), b: Number(match[3]), sign: match[2] }] : [];
  });
  if (pairs.length === 0) return 'iso';
  if (pairs.some(({ a }) => a > 12)) return 'dmy';
  if (pairs.some(({ b }) => b > 12)) return 'mdy';
  return pairs[0]?.sign === '/' ? 'mdy' : 'dmy';
}

/** The moment in epoch milliseconds, or `null` where it is not written so. Dates without a zone are in UTC. */
export function parseDate(text: string, format: DateFormat): number | null {
  const trimmed = text.trim();
  if (format === 'unix-s' || format === 'unix-ms') {
    if (!/^\d{1,13}(\.\d+)?$/.test(trimmed)) return null;
    return Math.round(Number(trimmed) * (format === 'unix-s' ? 1000 : 1));
  }
  const match =
    format === 'iso'
      ? /^(?<y>\d{4})[-/.]?(?<m>\d{2})[-/.]?(?<d>\d{2})(?<rest>.*)$/.exec(trimmed)
      : /^(?<a>\d{1,2})[-/.](?<b>\d{1,2})[-/.](?<y>\d{4}|\d{2})(?<rest>.*)$/.exec(trimmed);
  const groups = match?.groups;
  if (!groups) return null;
  const [month, day] = format === 'iso' ? [groups['m'], groups['d']] : pick(groups, format);
  const year = Number(groups['y']) + (groups['y']?.length === 2 ? 2000 : 0);
  return toMoment(year, Number(month), Number(day), (groups['rest'] ?? '').trim());
}

function pick(groups: Readonly<Record<string, string>>, format: DateFormat): [string | undefined, string | undefined] {
  return format === 'mdy' ? [groups['a'], groups['b']] : [groups['b'], groups['a']];
}

function toMoment(year: number, month: number, day: number, time: string): number | null {
  const clock =
    /^(?:T|,)?\s*(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(am|pm)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i.exec(time);
  if (!clock) return null;
  const [, hourText = '0', minuteText = '0', secondText = '0', half, zone] = clock;
  const hour = half ? (Number(hourText) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : Number(hourText);
  const moment = Date.UTC(year, month - 1, day, hour, Number(minuteText), Number(secondText));
  const date = new Date(moment);
  // A 31st of February would roll over.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || Number(minuteText) > 59)
    return null;
  return moment - zoneMinutes(zone) * 60_000;
}

function zoneMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}
