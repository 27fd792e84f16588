import { createReadStream, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { expect, inject, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { edgemark, edgemarkWith } from './support/instance.ts';
import { folderWith } from './support/onnx-folder.ts';

const dataFolder = process.env['EDGEMARK_DATA'] ?? '';
const missing = dataFolder === '' ? 'EDGEMARK_DATA does not name the data folder' : null;
/** Lines of the real shop's orders that are imported. */
const REAL_LINES = 20_000;
/** Regency cakestand, and the shop's other products of that kind. */
const CAKESTAND = '22423';
const TABLEWARE = /REGENCY|CAKE|TEA|DOILEY|JAM/;

test('a shop imports its orders, asks, tells of a purchase, asks again, and erases the customer', async () => {
  const edgemark = await clientOf('kitchen-and-garden');
  const folder = folderWith({ 'orders.csv': ordersCsv() });
  const imported = await edgemark('import', join(folder, 'orders.csv'));
  expect(imported.stdout, imported.stderr).toMatch(/180 taken, 1 rejected/);
  const rebuilt = await printed(() => edgemark('rebuild'), /serves/);
  expect(rebuilt).toMatch(/own@\d{4}-\d\d-\d\d-/);

  const before = await printed(() => edgemark('recommend', '--user', 'kitchen-1', '--k', '2'), /because of/);
  expect(before).not.toMatch(/spade|rake|hose/i);
  await edgemark('events', JSON.stringify(['spade', 'rake'].map((itemId) => purchase('kitchen-1', itemId))));
  await printed(() => edgemark('recommend', '--user', 'kitchen-1', '--k', '2'), /hose|gloves|pot/i);

  expect((await edgemark('users', 'erase', 'kitchen-1')).stdout).toContain('Erased');
  const after = await edgemark('recommend', '--user', 'kitchen-1', '--k', '2');
  expect(after.stdout).toContain('popular');
  expect(after.stdout).not.toContain('because of');
});

test("a real shop's export is understood as it is, and tells what goes with a cake stand", async (context) => {
  if (missing !== null) context.skip(missing);
  const folder = folderWith({ 'readme.txt': 'orders of a British gift shop, 2010' });
  const path = join(folder, 'orders.csv');
  writeFileSync(path, await firstLines(realOrders(), REAL_LINES));
  const edgemark = await clientOf('gifts');
  const imported = await edgemark('import', path);
  expect(imported.stdout, imported.stderr).toContain('itemId     ← StockCode');
  expect(imported.stdout).toContain('is a return or correction');
  await printed(() => edgemark('rebuild'), /serves/);
  const asked = () => edgemark('recommend', CAKESTAND, '--k', '5');
  const answer = await printed(asked, new RegExp(`because of ${CAKESTAND}`));
  expect(answer.split('\n').filter((line) => TABLEWARE.test(line)).length).toBeGreaterThanOrEqual(2);
});

/** The command line with the key of a tenant of its own: beside events of today, orders of 2010 would count nothing. */
async function clientOf(tenant: string): Promise<typeof edgemark> {
  const created = await edgemark('key', 'create', '--tenant', tenant, '--scopes', '*');
  const environment = { EDGEMARK_URL: inject('url'), EDGEMARK_KEY: created.stdout.trim() };
  return (...args) => edgemarkWith(environment, ...args);
}

/** Half of the customers buy for the kitchen, half for the garden, three things of five; and one line that is a return. */
function ordersCsv(): string {
  const kinds = {
    kitchen: ['mug', 'teapot', 'pan', 'apron', 'spoon'],
    garden: ['spade', 'rake', 'hose', 'gloves', 'pot'],
  };
  const lines = Object.entries(kinds).flatMap(([kind, goods]) =>
    Array.from({ length: 30 }, (_, customer) =>
      [0, 1, 2].map((step) => {
        const [item, order] = [goods[(customer + step) % 5] as string, `${kind}${customer}${step}`];
        return `${order},${item},The ${item},1,2026-03-${10 + step} 10:00:00,4.5,${kind}-${customer}`;
      }),
    ).flat(),
  );
  const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID';
  return [header, ...lines, 'C1,mug,The mug,-1,2026-03-20 10:00:00,4.5,kitchen-1', ''].join('\n');
}

function purchase(userId: string, itemId: string): object {
  return { eventId: `${userId}/${itemId}`, type: 'purchase', userId, itemId, value: 1 };
}

/** What the command prints once it prints what is waited for: queues and caches take seconds. */
function printed(command: () => ReturnType<typeof edgemark>, wanted: RegExp): Promise<string> {
  const check = async () => {
    const { stdout, stderr } = await command();
    expect(stdout, stderr).toMatch(wanted);
    return stdout;
  };
  return eventually(check, 120, 500);
}

function realOrders(): string {
  const folder = join(dataFolder, 'recommend/uci-online-retail');
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.csv.gz')) ?? '');
}

async function firstLines(path: string, count: number): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) })) {
    lines.push(line);
    if (lines.length === count) break;
  }
  return `${lines.join('\n')}\n`;
}
