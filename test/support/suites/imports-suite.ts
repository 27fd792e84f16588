import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type ImportAnswer, ImportSchema } from '../../../functions/collect/contract.ts';
import { readCatalogue } from '../../../shared/customer/catalogue-reader.ts';
import { readProfile } from '../../../shared/customer/profile-store.ts';
import { createPseudonymizer } from '../../../shared/customer/pseudonym.ts';
import { parsePseudonymSecret } from '../../../shared/customer/pseudonym-secret.ts';
import { onceDelivered } from '../collected.ts';
import { seedKey } from '../seed-store.ts';
import { bearer, get, jsonOf, KEYS, PSEUDONYM_SECRET, post, problemOf, type UseServer } from '../test-server.ts';
import { utf8 } from '../utf8.ts';

/** As UCI Online Retail has it, in columns and in kinds of mistakes; the rows are made up. */
const ORDERS = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
900001,M-1,PAINTED MUG,6,2010-12-01 08:26:00,2.55,${'17850.0'},Norway
900001,L-2,"LAMP, ""TALL""\nAND BRIGHT",2,2010-12-01 08:26:00,19.95,17850.0,Norway
900001,POST,POSTAGE,1,2010-12-01 08:26:00,4.00,17850.0,Norway
C900002,M-1,PAINTED MUG,-6,2010-12-02 09:00:00,2.55,17850.0,Norway
900003,V-3,GREEN VASE,1,2010-12-03 10:15:00,7.5,,Norway
900003,V-3,GREEN VASE,1,2010-12-03 10:15:00,7.5,,Norway
900004,V-3,GREEN VASE,1,not a date,7.5,17851.0,Norway
900005,V-3,GREEN VASE,1,2010-12-05 10:15:00,0,17851.0,Norway
900006,V-3,GREEN VASE,3,2010-12-06 23:59:59,7.5,17851.0,Norway`;

/** What `POST /v1/imports` reads, rejects and makes of it, whole and in parts. */
export function describeImports(useServer: UseServer): void {
  const pseudonymizer = createPseudonymizer(parsePseudonymSecret(PSEUDONYM_SECRET));
  let tenants = 0;
  /** A tenant of its own, so that imports do not meet. */
  const newTenant = async () => {
    const tenant = `imports-${tenants++}`;
    const key = `em_key-of-tenant-${tenant}`;
    await seedKey(useServer().store, key, { tenant });
    return { tenant, key };
  };
  const send = (path: string, body: BodyInit, key: string, method = 'POST', type = 'text/csv') =>
    useServer().fetch(path, { method, headers: { ...bearer(key), 'content-type': type }, body });
  const importOf = async (response: Response): Promise<ImportAnswer> => ImportSchema.parse(await jsonOf(response));
  const profileOf = async (tenant: string, userId: string) => {
    const pseudonym = await pseudonymizer.pseudonym(tenant, userId);
    return (await readProfile(useServer().store, tenant, pseudonym)).content.events;
  };

  test("a shop's orders are understood by their header and reach profiles and catalogue", async () => {
    const { tenant, key } = await newTenant();
    const answer = await importOf(await send('/v1/imports', ORDERS, key));
    expect(answer.understood).toMatchObject({
      kind: 'orders',
      format: 'csv',
      dateFormat: 'iso',
      mapping: {
        orderId: 'InvoiceNo',
        itemId: 'StockCode',
        userId: 'CustomerID',
        at: 'InvoiceDate',
        price: 'UnitPrice',
      },
    });
    expect(answer.rows).toEqual({ read: 9, accepted: 5, guests: 1, duplicates: 1, rejected: 4 });
    expect(answer.rejected).toEqual([
      { line: 5, reason: 'itemId: is no product' },
      { line: 6, reason: 'quantity: is a return or correction' },
      { line: 9, reason: 'at: "not a date" is not a date of the format iso' },
      { line: 10, reason: 'price: is not above 0' },
    ]);
    expect(answer.period).toEqual({ from: '2010-12-01T08:26:00.000Z', to: '2010-12-06T23:59:59.000Z' });
    await onceDelivered(useServer, async () => {
      const { purchase } = await profileOf(tenant, '17850');
      expect(purchase?.map(({ itemId, value, at }) => [itemId, value, at]).sort()).toEqual([
        ['L-2', 2, '2010-12-01T08:26:00.000Z'],
        ['M-1', 6, '2010-12-01T08:26:00.000Z'],
      ]);
      const catalogue = await readCatalogue(useServer().store, tenant, null);
      expect(catalogue?.items.map(({ itemId, title, price }) => [itemId, title, price])).toEqual([
        ['L-2', 'LAMP, "TALL"\nAND BRIGHT', 19.95],
        ['M-1', 'PAINTED MUG', 2.55],
        ['V-3', 'GREEN VASE', 7.5],
      ]);
    });
  });

  test('what the catalogue says of an item holds against orders, whichever came first', async () => {
    const { tenant, key } = await newTenant();
    const items = [{ itemId: 'M-1', title: 'A mug by hand', categories: ['mugs'] }];
    await jsonOf(await useServer().fetch('/v1/items', { ...post({ items }, key), method: 'PUT' }), 202);
    await importOf(await send('/v1/imports', ORDERS.replaceAll('2010-', '2030-'), key));
    await onceDelivered(useServer, async () => {
      const known = (await readCatalogue(useServer().store, tenant, null))?.items ?? [];
      expect(known.map(({ itemId }) => itemId)).toEqual(['L-2', 'M-1', 'V-3']);
      expect(known[1]).toMatchObject({ title: 'A mug by hand', categories: ['mugs'] });
    });
  });

  test('a dry run shows how the file is understood and keeps nothing', async () => {
    const { tenant, key } = await newTenant();
    const answer = await importOf(await send('/v1/imports?dryRun=true', ORDERS, key));
    expect(answer).toMatchObject({ status: 'dry run', rows: { accepted: 5 } });
    expect(answer.examples?.[0]).toMatchObject({ type: 'purchase', itemId: 'M-1', sessionId: '900001' });
    expect((await useServer().store.list({ prefix: `tenants/${tenant}/` })).blobs).toEqual([]);
  });

  test('a file cut anywhere, packed or not, makes the same as the whole, and can be sent again', async () => {
    const { tenant, key } = await newTenant();
    const begun = await importOf(await send('/v1/imports', '{}', key, 'POST', 'application/json'));
    expect(begun).toMatchObject({ status: 'open', nextPart: 1, understood: null });
    const bytes = utf8(`${ORDERS}\n900007,Ü-4,KÄSEGLOCKE 🧀,1,2010-12-07 10:00:00,12,17852,Norway`);
    const cuts = [0, 40, 133, 300, 301, bytes.length - 40, bytes.length - 39, bytes.length];
    const path = (part: number) => `/v1/imports/${begun.importId}/parts/${part}`;
    for (let part = 1; part < cuts.length; part++) {
      const piece = bytes.slice(cuts[part - 1], cuts[part]);
      const body = part % 2 === 0 ? piece : new Uint8Array(gzipSync(piece));
      // Each twice: the second answer is that of the first.
      const first = await importOf(await send(path(part), body, key, 'PUT', 'application/octet-stream'));
      expect(first.nextPart).toBe(part + 1);
      const again = await importOf(await send(path(part), body, key, 'PUT', 'application/octet-stream'));
      expect({ ...again, requestId: '' }).toEqual({ ...first, requestId: '' });
    }
    await problemOf(await send(path(99), bytes, key, 'PUT'), 409);
    const finish = () => send(`/v1/imports/${begun.importId}/finish`, '', key);
    const done = await importOf(await finish());
    expect(done.rows).toEqual({ read: 10, accepted: 6, guests: 1, duplicates: 1, rejected: 4 });
    expect(done.rejected.map(({ line }) => line)).toEqual([5, 6, 9, 10]);
    expect({ ...(await importOf(await finish())), requestId: '' }).toEqual({ ...done, requestId: '' });
    expect((await importOf(await useServer().fetch(`/v1/imports/${begun.importId}`, get(key)))).status).toBe(
      'finished',
    );
    await problemOf(await send(path(cuts.length), bytes, key, 'PUT'), 409);

    // Importing the whole file again changes nothing.
    await importOf(await send('/v1/imports', bytes, key));
    await onceDelivered(useServer, async () => {
      expect((await profileOf(tenant, '17852'))['purchase']).toMatchObject([{ itemId: 'Ü-4' }]);
      expect((await profileOf(tenant, '17850'))['purchase']).toHaveLength(2);
    });
  });

  test('events in lines of JSON keep their types, times and sessions', async () => {
    const { tenant, key } = await newTenant();
    const lines = [
      { visitorid: 7, event: 'addtocart', itemid: 12, timestamp: 1433221332117 },
      { visitorid: 7, event: 'transaction', itemid: 12, timestamp: 1433221332118 },
      { visitorid: 7, event: 'view', itemid: 13, timestamp: 1433221332119 },
      'no object',
    ];
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    const answer = await importOf(await send('/v1/imports', body, key, 'POST', 'application/x-ndjson'));
    expect(answer.understood).toMatchObject({ kind: 'events', format: 'ndjson', dateFormat: 'unix-ms' });
    expect(answer.rejected).toEqual([{ line: 4, reason: 'is not an object' }]);
    await onceDelivered(useServer, async () => {
      const profile = await profileOf(tenant, '7');
      expect(Object.keys(profile).sort()).toEqual(['cart', 'purchase', 'view']);
      expect(profile['view']).toMatchObject([{ itemId: '13', at: '2015-06-02T05:02:12.119Z' }]);
    });
  });

  test('items of a file enter the catalogue; a mapping corrects the guess', async () => {
    const { tenant, key } = await newTenant();
    const body = 'code;label;group;cost\r\nA1;Mug;Kitchen > Mugs;"1.234,50"\r\nA2;Lamp;;x\r\n';
    const mapping = { itemId: 'code', title: 'label', categories: 'group', price: 'cost' };
    const query = new URLSearchParams({ kind: 'items', mapping: JSON.stringify(mapping) });
    const answer = await importOf(await send(`/v1/imports?${query}`, body, key));
    expect(answer).toMatchObject({ understood: { delimiter: ';' }, items: 1, rejected: [{ line: 3 }] });
    await onceDelivered(useServer, async () => {
      const catalogue = await readCatalogue(useServer().store, tenant, null);
      expect(catalogue?.items).toMatchObject([
        { itemId: 'A1', title: 'Mug', categories: ['Kitchen', 'Mugs'], price: 1234.5 },
      ]);
    });
  });

  test('a column that is not there, or is not found, is told with those that are', async () => {
    const { key } = await newTenant();
    const query = new URLSearchParams({ mapping: JSON.stringify({ userId: 'Client' }) });
    const wrong = await problemOf(await send(`/v1/imports?${query}`, ORDERS, key), 422);
    expect(wrong.errors?.[0]?.pointer).toBe('mapping.userId');
    expect(wrong.detail).toContain('CustomerID');
    const missing = await problemOf(await send('/v1/imports', 'a,b\n1,2\n', key), 422);
    expect(missing.errors?.[0]?.pointer).toBe('mapping.itemId');
  });

  test.each([
    ['no rows', 'InvoiceNo,StockCode\n', 400],
    ['nothing', '', 400],
    ['a broken gzip', new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]), 400],
  ])('a file with %s is refused', async (_, body, status) => {
    const { key } = await newTenant();
    await problemOf(await send('/v1/imports', body, key), status);
  });

  test('a quote that is never closed costs its own line only', async () => {
    const { key } = await newTenant();
    const body = 'userId,itemId,at\nu,"open,2026-01-01\nu,b,2026-01-02\nu,c,2026-01-03';
    const answer = await importOf(await send('/v1/imports', body, key));
    expect(answer.rows).toMatchObject({ read: 3, accepted: 2 });
    expect(answer.rejected).toEqual([{ line: 2, reason: 'has a quote that is never closed' }]);
  });

  test('an import of another tenant, or none, is not found; a key of another scope imports nothing', async () => {
    const { key } = await newTenant();
    const begun = await importOf(await send('/v1/imports', '{}', key, 'POST', 'application/json'));
    const path = `/v1/imports/${begun.importId}`;
    await problemOf(await useServer().fetch(path, get(KEYS.all)), 404);
    await problemOf(await send(`${path}/parts/1`, ORDERS, KEYS.all, 'PUT'), 404);
    await problemOf(await useServer().fetch('/v1/imports/nothing', get(key)), 422);
    await problemOf(await send('/v1/imports', ORDERS, KEYS.classifyOnly), 403);
  });
}
