import { describe, expect, test } from 'vitest';
import { guessDateFormat, guessMapping, missingFields, parseDate } from '../../functions/collect/import-mapping.ts';

describe('the header tells what a file holds', () => {
  test.each([
    [
      'UCI Online Retail',
      'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
      'orders',
      { itemId: 'StockCode', userId: 'CustomerID', at: 'InvoiceDate', orderId: 'InvoiceNo', title: 'Description' },
    ],
    [
      'Shopify orders',
      'Name,Email,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku',
      'orders',
      { orderId: 'Name', userId: 'Email', at: 'Created at', itemId: 'Lineitem sku', title: 'Lineitem name' },
    ],
    [
      'Retailrocket',
      'timestamp,visitorid,event,itemid,transactionid',
      'events',
      { at: 'timestamp', userId: 'visitorid', type: 'event', itemId: 'itemid' },
    ],
    [
      'MovieLens',
      'userId,movieId,rating,timestamp',
      'events',
      { userId: 'userId', itemId: 'movieId', value: 'rating', at: 'timestamp' },
    ],
    [
      'a catalogue',
      'id,title,description,price,category',
      'items',
      { itemId: 'id', title: 'title', categories: 'category' },
    ],
  ])('%s', (_, header, kind, mapping) => {
    const guess = guessMapping(header.split(','));
    expect(guess.kind).toBe(kind);
    expect(guess.mapping).toMatchObject(mapping);
    expect(missingFields(guess.kind, guess.mapping)).toEqual([]);
  });

  test('a column goes to one field only', () => {
    const { mapping } = guessMapping(['id', 'name', 'price']);
    expect(new Set(Object.values(mapping)).size).toBe(Object.keys(mapping).length);
  });
});

describe('dates', () => {
  test.each([
    [['2010-12-01 08:26:00'], 'iso'],
    [['12/1/2010 8:26', '12/13/2010 9:00'], 'mdy'],
    [['1/12/2010 8:26', '13/12/2010 9:00'], 'dmy'],
    [['1/12/2010'], 'mdy'],
    [['1.12.2010'], 'dmy'],
    [['1433221332'], 'unix-s'],
    [['1433221332117'], 'unix-ms'],
  ] as const)('%j are %s', (dates, format) => {
    expect(guessDateFormat(dates)).toBe(format);
  });

  test.each([
    ['2010-12-01 08:26:00', 'iso', '2010-12-01T08:26:00.000Z'],
    ['2010-12-01', 'iso', '2010-12-01T00:00:00.000Z'],
    ['2010-12-01T08:26:00+02:00', 'iso', '2010-12-01T06:26:00.000Z'],
    ['2010-12-01 08:26:00 -0500', 'iso', '2010-12-01T13:26:00.000Z'],
    ['2010-12-01 08:26:00 UTC', 'iso', '2010-12-01T08:26:00.000Z'],
    ['12/1/2010 8:26', 'mdy', '2010-12-01T08:26:00.000Z'],
    ['12/1/10 12:05 AM', 'mdy', '2010-12-01T00:05:00.000Z'],
    ['1.12.2010 20:00', 'dmy', '2010-12-01T20:00:00.000Z'],
    ['1433221332', 'unix-s', '2015-06-02T05:02:12.000Z'],
  ] as const)('%s as %s is %s', (text, format, iso) => {
    expect(new Date(parseDate(text, format) ?? Number.NaN).toISOString()).toBe(iso);
  });

  test.each([
    ['2010-02-30', 'iso'],
    ['13/13/2010', 'mdy'],
    ['2010-12-01 25:00', 'iso'],
    ['2010-12-01 tomorrow', 'iso'],
    ['', 'iso'],
    ['12/1/2010', 'iso'],
    ['now', 'unix-s'],
  ] as const)('%j is none as %s', (text, format) => {
    expect(parseDate(text, format)).toBeNull();
  });
});
