import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A line of an order. */
export interface OrderLine {
  readonly customer: string;
  readonly itemId: string;
  readonly atMs: number;
}

/** Product codes are five digits and letters of a variant; the others are postage, fees and samples. */
const PRODUCT = /^\d{5}[A-Z]*$/;

/**
 * What customers bought at a British shop for gifts in 2010 and 2011 (UCI Machine Learning Repository, Online Retail, CC BY 4.0),
 * in the order of time: without cancellations, lines that name no customer, have no quantity or price, or are no product.
 */
export function readRetailOrders(dataFolder: string): OrderLine[] {
  const path = join(dataFolder, 'recommend/uci-online-retail/online-retail.csv.gz');
  const rows = gunzipSync(readFileSync(path)).toString('utf8').split('\n').slice(1);
  return rows.flatMap(orderLineOf).sort((a, b) => a.atMs - b.atMs);
}

function orderLineOf(row: string): OrderLine[] {
  // Only the third column, the description, may hold commas.
  const columns = row.trimEnd().split(',');
  if (columns.length < 8) return [];
  const [invoice = '', code = ''] = columns;
  const [quantity = '', date = '', price = '', customer = ''] = columns.slice(-5);
  const itemId = code.toUpperCase();
  const isSale = !invoice.startsWith('C') && Number(quantity) > 0 && Number(price) > 0;
  if (!isSale || customer === '' || !PRODUCT.test(itemId)) return [];
  return [{ customer: String(Number(customer)), itemId, atMs: Date.parse(`${date.replace(' ', 'T')}Z`) }];
}
