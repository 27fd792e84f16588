import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { edgemark } from './support/instance.ts';
import { freePort, type NpmStart, npmStart, READY } from './support/npm-start.ts';
import { folderWith } from './support/onnx-folder.ts';
import { stillRunning } from './support/processes.ts';

const KEY = 'em_collect-end-to-end';
const SENDERS = 4;
const EVENTS_A_REQUEST = 5;
/** How long requests go on before everything is killed. */
const SENDING_MS = 2_500;

const ORDERS = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
800001,T-1,TEA POT,1,2026-01-05 10:00:00,12.5,e2e-1,Norway
800001,C-2,CUP,4,2026-01-05 10:00:00,2.5,e2e-1,Norway
800002,C-2,CUP,-4,2026-01-06 10:00:00,2.5,e2e-1,Norway`;

interface Exported {
  readonly profile: { readonly events: Readonly<Record<string, { readonly itemId: string }[]>> };
}

test('orders are imported, an event is sent and the person is erased from the command line', async () => {
  const path = join(folderWith({ 'orders.csv': ORDERS }), 'orders.csv');
  const dry = await edgemark('import', path, '--dry-run');
  expect(dry.stdout).toContain('userId     ← CustomerID');
  const imported = await edgemark('import', path);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  expect(imported.stdout).toContain('3 rows read: 2 taken, 1 rejected.');
  const sent = await edgemark('events', '{"eventId":"cli-1","type":"view","userId":"e2e-1","itemId":"T-1"}');
  expect(sent.stdout).toContain('1 of 1 events are kept.');
  await eventually(async () => {
    const { profile } = await exportOf('e2e-1');
    expect([profile.events['purchase']?.length, profile.events['view']?.length]).toEqual([2, 1]);
  }, 60);
  expect((await edgemark('users', 'erase', 'e2e-1')).stdout).toContain('Erased at');
  expect((await exportOf('e2e-1')).profile.events).toEqual({});
});

test('a command that tells nonsense is told what is wrong', async () => {
  const bad = await edgemark('events', '{"type":"view"}');
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain('eventId');
  expect((await edgemark('import', '/no/such/file.csv')).stderr).toContain('there is no file');
});

test('what was accepted before everything was killed is in the profiles after the next start', async () => {
  const state = mkdtempSync(join(tmpdir(), 'edgemark-kill-'));
  const port = String(await freePort());
  const environment = { PORT: port, EDGEMARK_STATE: state, EDGEMARK_DEV_KEY: KEY };
  const url = `http://127.0.0.1:${port}`;
  const first = npmStart(environment);
  await first.waitFor(READY);
  const accepted = await sendUntilKilled(url, first);
  expect([...accepted.values()].flat().length).toBeGreaterThan(SENDERS * EVENTS_A_REQUEST);

  const second = npmStart(environment);
  onTestFinished(async () => {
    await second.stop();
    rmSync(state, { recursive: true, force: true });
  });
  await second.waitFor(READY);
  // Messages of the local queue die with it: the ticks find what nobody acknowledged, two minutes later.
  await eventually(async () => expect(await missing(url, accepted)).toEqual([]), 240, 500);
}, 600_000);

/** Sends events from several senders; in the midst of it every process is killed. Items of accepted events by customer. */
async function sendUntilKilled(url: string, instance: NpmStart): Promise<Map<string, string[]>> {
  const accepted = new Map<string, string[]>();
  let isKilled = false;
  const sender = async (sender: number) => {
    for (let n = 0; !isKilled; n++) {
      const userId = `killed-${sender}-${n % 3}`;
      const events = Array.from({ length: EVENTS_A_REQUEST }, (_, i) => ({
        eventId: `${sender}-${n}-${i}`,
        type: 'view',
        userId,
        itemId: `${sender}-${n}-${i}`,
      }));
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${KEY}` },
        body: JSON.stringify({ events }),
      }).catch(() => undefined);
      if (response?.status !== 202) continue;
      accepted.set(userId, [...(accepted.get(userId) ?? []), ...events.map(({ itemId }) => itemId)]);
    }
  };
  const senders = Array.from({ length: SENDERS }, (_, number) => sender(number));
  await new Promise((resolve) => setTimeout(resolve, SENDING_MS));
  const pids = instance.processes();
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended with another.
    }
  }
  isKilled = true;
  await Promise.all(senders);
  await instance.ended;
  await eventually(async () => expect(stillRunning(pids)).toEqual([]));
  return accepted;
}

/** Items that were accepted and are not in their customer's profile; a profile keeps the newest 200 of a type. */
async function missing(url: string, accepted: ReadonlyMap<string, readonly string[]>): Promise<string[]> {
  const lost: string[] = [];
  for (const [userId, items] of accepted) {
    const response = await fetch(`${url}/v1/users/${userId}/export`, { headers: { Authorization: `Bearer ${KEY}` } });
    const { profile } = (await response.json()) as Exported;
    const known = new Set(profile.events['view']?.map(({ itemId }) => itemId));
    lost.push(...items.slice(-100).filter((item) => !known.has(item)));
  }
  return lost;
}

async function exportOf(userId: string): Promise<Exported> {
  const headers = { Authorization: `Bearer ${inject('key')}` };
  return (await fetch(`${inject('url')}/v1/users/${userId}/export`, { headers })).json() as Promise<Exported>;
}
