import { fail, ok, type Result } from '../../shared/core/result.ts';
import { type CatalogueItem, CatalogueItemSchema } from '../../shared/customer/catalogue.ts';
import { EventTypeSchema, ItemIdSchema } from '../../shared/customer/event.ts';
import type { TextRow } from '../../shared/dataset/read-rows.ts';
import { type SentEvent, UserIdSchema } from './contract.ts';
import { type DateFormat, type Field, type ImportKind, type Mapping, parseDate } from './import-mapping.ts';

/** How rows of a file are understood. */
export interface Understanding {
  readonly kind: ImportKind;
  readonly mapping: Mapping;
  readonly dateFormat: DateFormat;
}

/** What a row says: an event, an item, or both. The event's id is made when its customer's pseudonym is known. */
export interface Converted {
  readonly event?: Omit<SentEvent, 'eventId'> & { readonly at: string };
  /** Texts that tell the event from others of its customer. */
  readonly idParts?: readonly string[];
  readonly item?: CatalogueItem;
}

/** Other names for the types of events. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  transaction: 'purchase',
  order: 'purchase',
  buy: 'purchase',
  bought: 'purchase',
  addtocart: 'cart',
  'add-to-cart': 'cart',
  pageview: 'view',
  detail: 'view',
  rate: 'rating',
};

/** Lines of invoices that are no goods, by what they are called. */
const NO_PRODUCT =
  /^(postage|carriage|shipping|delivery( charge| fee)?|dotcom postage|discount|manual|bank charges|amazon fee|cruk commission|adjust(ment)?( bad debt)?|samples?|gift voucher.*|versand(kosten)?|porto)$/i;
const NO_PRODUCT_ID = /^(post|dot|m|d|s|b|c2|cruk|pads|amazonfee|bank charges|shipping|postage)$/i;
const MAX_TITLE_CHARACTERS = 500;

export function convertRow(row: TextRow, how: Understanding): Result<Converted, string> {
  const get = (field: Field) => {
    const column = how.mapping[field];
    return column === undefined ? '' : (row.fields[column] ?? '').trim();
  };
  const itemId = withoutPointZero(get('itemId'));
  if (itemId === '') return fail('itemId: is empty');
  if (!ItemIdSchema.safeParse(itemId).success) return fail('itemId: is too long or has control characters');
  if (how.kind === 'items') return convertItem(itemId, get);
  const at = parseDate(get('at'), how.dateFormat);
  if (at === null) return fail(`at: "${get('at').slice(0, 40)}" is not a date of the format ${how.dateFormat}`);
  const userText = withoutPointZero(get('userId'));
  const user = UserIdSchema.safeParse(userText);
  if (userText !== '' && !user.success) return fail('userId: is too long or has control characters');
  const base = { itemId, userId: user.success ? user.data : null, at: new Date(at).toISOString() };
  return how.kind === 'orders' ? convertOrder(base, get) : convertEvent(base, get);
}

type Base = { readonly itemId: string; readonly userId: string | null; readonly at: string };
type Get = (field: Field) => string;

/** A line of an order: bought goods. Returns, corrections, gifts and services are not. */
function convertOrder(base: Base, get: Get): Result<Converted, string> {
  const orderId = withoutPointZero(get('orderId'));
  const title = get('title').slice(0, MAX_TITLE_CHARACTERS);
  if (NO_PRODUCT_ID.test(base.itemId) || NO_PRODUCT.test(title)) return fail('itemId: is no product');
  const quantity = readNumber(get('quantity'), 1);
  if (quantity === null) return fail('quantity: is not a number');
  if (quantity <= 0) return fail('quantity: is a return or correction');
  const price = readNumber(get('price'), undefined);
  if (price === null) return fail('price: is not a number');
  if (price !== undefined && price <= 0) return fail('price: is not above 0');
  const properties = { ...(orderId === '' ? {} : { orderId }), ...(price === undefined ? {} : { price }) };
  const categories = readCategories(get('categories'));
  return ok({
    event: {
      ...base,
      type: 'purchase',
      value: quantity,
      ...(orderId === '' ? {} : { sessionId: orderId.slice(0, 256) }),
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
    },
    idParts: ['purchase', orderId, base.itemId, base.at, String(quantity), String(price ?? '')],
    ...(title === '' ? {} : { item: itemOf(base.itemId, title, price, categories) }),
  });
}

function itemOf(itemId: string, title: string, price: number | undefined, categories: string[]): CatalogueItem {
  return {
    itemId,
    title,
    ...(price === undefined ? {} : { price }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

function convertEvent(base: Base, get: Get): Result<Converted, string> {
  const value = readNumber(get('value'), undefined);
  if (value === null) return fail('value: is not a number');
  const told = get('type').toLowerCase().replace(/\s+/g, '-');
  const type = told === '' ? (value === undefined ? 'view' : 'rating') : (TYPE_NAMES[told] ?? told);
  if (!EventTypeSchema.safeParse(type).success) return fail(`type: "${told.slice(0, 40)}" can't be one`);
  const sessionId = withoutPointZero(get('sessionId'));
  const eventId = get('eventId');
  return ok({
    event: {
      ...base,
      type,
      ...(value === undefined ? {} : { value }),
      ...(sessionId === '' ? {} : { sessionId: sessionId.slice(0, 256) }),
    },
    idParts: eventId === '' ? [type, base.itemId, base.at, String(value ?? ''), sessionId] : ['event', eventId],
  });
}

function convertItem(itemId: string, get: Get): Result<Converted, string> {
  const price = readNumber(get('price'), undefined);
  if (price === null) return fail('price: is not a number');
  const categories = readCategories(get('categories'));
  const item = {
    itemId,
    ...(get('title') === '' ? {} : { title: get('title').slice(0, MAX_TITLE_CHARACTERS) }),
    ...(get('text') === '' ? {} : { text: get('text').slice(0, 2_000) }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(price === undefined ? {} : { price }),
    ...(get('available') === '' ? {} : { available: isYes(get('available')) }),
  };
  const parsed = CatalogueItemSchema.safeParse(item);
  if (parsed.success) return ok({ item });
  const issue = parsed.error.issues[0];
  return fail(`${issue?.path.join('.') ?? 'item'}: ${issue?.message ?? 'is not valid'}`);
}

/** Tables that once held empty ids give whole numbers a ".0". */
function withoutPointZero(text: string): string {
  return /^\d+\.0$/.test(text) ? text.slice(0, -2) : text;
}

/** `1,234.50` and `1.234,50` alike; a lone comma before two digits is a decimal one. `null`: not a number. */
function readNumber<T>(text: string, absent: T): number | null | T {
  if (text === '') return absent;
  const bare = text.replace(/[\s€$£¥]|^(?:USD|EUR|GBP|CNY)|(?:USD|EUR|GBP|CNY)$/g, '');
  const isCommaDecimal = /,\d{1,2}$/.test(bare);
  const plain = isCommaDecimal ? bare.replaceAll('.', '').replace(',', '.') : bare.replaceAll(',', '');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}

function readCategories(text: string): string[] {
  return text
    .split(/[|>;/]|,(?!\s)/)
    .map((category) => category.trim().slice(0, 200))
    .filter((category) => category !== '')
    .slice(0, 20);
}

function isYes(text: string): boolean {
  const number = Number(text);
  return Number.isFinite(number) ? number > 0 : /^(true|yes|y|ja|oui|in ?stock|available|active)$/i.test(text);
}
