import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { freePort, type NpmStart, npmStart, READY } from './support/npm-start.ts';
import { stillRunning } from './support/processes.ts';

/** "Seconds" on a machine that runs other tests too; an idle one needs far less. */
const SECOND_START_SECONDS = 60;

let stateFolder: string;
let started: NpmStart[];

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'edgemark-start-'));
  started = [];
});

afterEach(async () => {
  for (const instance of started) await instance.stop();
  await rm(stateFolder, { recursive: true, force: true });
});

function start(environment: Record<string, string>): NpmStart {
  const instance = npmStart({ EDGEMARK_STATE: stateFolder, ...environment });
  started.push(instance);
  return instance;
}

test('Ctrl-C leaves nothing running, and a second start takes seconds and prints the same key', async () => {
  const PORT = String(await freePort());
  const first = start({ PORT });
  await first.waitFor(READY);
  const processes = first.processes();
  expect(processes.length, 'npm, node, wrangler, workerd').toBeGreaterThan(3);
  first.pressCtrlC();
  await first.ended;
  await expect.poll(() => stillRunning(processes), { timeout: 5_000 }).toEqual([]);

  const began = Date.now();
  const second = start({ PORT });
  await second.waitFor(READY);
  expect((Date.now() - began) / 1000).toBeLessThan(SECOND_START_SECONDS);
  expect(second.output()).not.toContain('storing the pack');
  expect(keyIn(second)).toBe(keyIn(first));
  expect(keyIn(second)).toMatch(/^em_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/);
});

test('Ctrl-C in the middle of a start leaves nothing running', async () => {
  const instance = start({ PORT: String(await freePort()) });
  await instance.waitFor('starting');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const processes = instance.processes();
  instance.pressCtrlC();
  await instance.ended;
  await expect.poll(() => stillRunning(processes), { timeout: 5_000 }).toEqual([]);
});

test('SIGTERM to npm alone ends everything too', async () => {
  const instance = start({ PORT: String(await freePort()) });
  await instance.waitFor('starting');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const processes = instance.processes();
  process.kill(instance.pid, 'SIGTERM');
  await instance.ended;
  await expect.poll(() => stillRunning(processes), { timeout: 15_000 }).toEqual([]);
});

test('when wrangler dies, the start says so, shows its log and ends', async () => {
  const instance = start({ PORT: String(await freePort()) });
  await instance.waitFor('starting');
  const wrangler = () => stillRunning(instance.processes()).find((line) => line.includes('wrangler.js dev'));
  await expect.poll(wrangler, { timeout: 10_000 }).toBeDefined();
  const processes = instance.processes();
  process.kill(Number.parseInt(wrangler() ?? '', 10), 'SIGKILL');
  expect(await instance.ended).not.toBe(0);
  expect(instance.output()).toContain('wrangler dev ended by itself');
  await expect.poll(() => stillRunning(processes), { timeout: 5_000 }).toEqual([]);
});

test('a second instance on the same port says which port is taken and starts nothing', async () => {
  const { port } = new URL(inject('url'));
  const second = start({ PORT: port });
  expect(await second.ended).not.toBe(0);
  expect(second.output()).toContain(`port ${port} is taken`);
  expect(second.output()).not.toContain('starting');
});

test('a second instance on the same state says who uses it', async () => {
  const second = start({ PORT: String(await freePort()), EDGEMARK_STATE: inject('stateFolder') });
  expect(await second.ended).not.toBe(0);
  expect(second.output()).toContain(`is in use by the instance at ${inject('url')}`);
});

test.each([
  ['EDGEMARK_DEV_KEY', 'em_short', 'EDGEMARK_DEV_KEY is not a usable key'],
  ['EDGEMARK_DEV_KEY', 'sk_0123456789abcdef', 'EDGEMARK_DEV_KEY is not a usable key'],
  ['PORT', 'eighty', 'PORT is "eighty"'],
])('%s=%s is refused with words', async (name, value, words) => {
  const instance = start({ [name]: value });
  expect(await instance.ended).not.toBe(0);
  expect(instance.output()).toContain(words);
});

test('a state folder that is a file is refused with words', async () => {
  const file = join(stateFolder, 'a-file');
  await writeFile(file, '');
  const instance = start({ PORT: String(await freePort()), EDGEMARK_STATE: file });
  expect(await instance.ended).not.toBe(0);
  expect(instance.output()).toContain('EDGEMARK_STATE');
});

function keyIn(instance: NpmStart): string | undefined {
  return /Key +(\S+)/.exec(instance.output())?.[1];
}
