import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { EvaluationSchema } from '../../functions/evaluate/contract.ts';
import { rowsKey } from '../../functions/evaluate/plan.ts';
import { eventually } from '../support/eventually.ts';
import { seedDataset } from '../support/seed-dataset.ts';
import { jsonOf } from '../support/test-server.ts';
import { utf8 } from '../support/utf8.ts';
import { bucket, edgemark, post } from './support/instance.ts';

/** Of 1,000 customers each, 60 bought after the mail and 20 without it: 40 more per 1,000. */
const CAMPAIGN = `customer,variant,bought\n${['mail', 'control']
  .flatMap((arm, a) => Array.from({ length: 1_000 }, (_, i) => `${a}-${i},${arm},${i < (a === 0 ? 60 : 20) ? 1 : 0}`))
  .join('\n')}\n`;

test("a campaign's file becomes a sentence, a report and a plot with one command each", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgemark-evaluate-'));
  const file = join(folder, 'campaign.csv');
  writeFileSync(file, CAMPAIGN);
  const call = ['evaluate', file, '--task', 'campaign'];
  const told = await edgemark(...call);
  expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('40.00 more per 1,000 customers') });
  expect(told.stdout).toContain('2000 rows read, 0 rejected; arm ← variant, converted ← bought');
  const out = join(folder, 'report.html');
  expect(await edgemark(...call, '--format', 'html', '--out', out)).toMatchObject({ code: 0 });
  expect(readFileSync(out, 'utf8')).toContain('40.00 more per 1,000 customers');
  const gates = JSON.stringify({ rules: [{ metric: 'sampleRatioPValue', min: 1.1 }] });
  expect(await edgemark(...call, '--gates', gates)).toMatchObject({ code: 1 });
});

test('stored objects are evaluated as parts by the queue', async () => {
  const [header, ...lines] = CAMPAIGN.trimEnd().split('\n');
  const keys = ['e2e/1.csv', 'e2e/2.csv', 'e2e/3.csv'];
  for (const [part, key] of keys.entries()) {
    const own = lines.filter((_, place) => place % keys.length === part);
    await bucket().put(rowsKey('local', key), utf8([header, ...own].join('\n')));
  }
  const { id } = (await jsonOf(await post('/v1/evaluate', { task: 'campaign', source: { keys } }), 202)) as {
    id: string;
  };
  const done = await eventually(async () => EvaluationSchema.parse(await jsonOf(await show(id))), 60, 500);
  expect(done.rows).toMatchObject({ read: 2_000, rejected: 0 });
  expect(done.summary?.[0]).toContain('40.00 more per 1,000 customers');
});

test('a model is evaluated on a dataset, beside itself, with one command', async () => {
  const rows = [
    'I love this hotel!',
    'Wonderful staff.',
    'Terrible service, never again.',
    'The food was cold and bad.',
  ];
  const labelled = rows.map((text, place) => ({ id: String(place), text, label: place < 2 ? 'positive' : 'negative' }));
  await seedDataset(bucket(), { tenant: 'local', name: 'hotel', splits: { test: [labelled] } });
  const gates = JSON.stringify({ rules: [{ metric: 'accuracy', minChange: 0 }] });
  const call = ['evaluate', '--dataset', 'hotel', '--model', 'sentiment', '--against', 'sentiment', '--gates', gates];
  const told = await edgemark(...call);
  expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('No difference can be told') });
  expect(told.stdout).toMatch(/accuracy +1 /);
  expect(told.stdout).toMatch(
    /sentiment@1\.\d\.\d against sentiment@1\.\d\.\d on hotel@.*4 rows of test; evaluation [0-9a-f]{32}/,
  );
  expect((await edgemark(...call, '--format', 'html')).stdout).toContain('The comparison');
  expect(await edgemark('evaluate', '--dataset', 'nothing', '--model', 'sentiment')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no dataset "nothing"'),
  });
});

function show(id: string): Promise<Response> {
  return fetch(`${inject('url')}/v1/evaluate/${id}`, { headers: { Authorization: `Bearer ${inject('key')}` } });
}

test('what was collected is evaluated by one command, without a file', async () => {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const events = Array.from({ length: 40 }, (_, n) => {
    const said = { userId: `measured-${n}`, itemId: 'mug', properties: { campaign: n % 2 === 0 ? 'mail' : 'control' } };
    const sale = { ...said, eventId: `measured-sale-${n}`, type: 'measured-sale', value: 10 };
    return [{ ...said, eventId: `measured-${n}`, type: 'measured-mail' }, ...(n % 4 === 0 ? [sale] : [])];
  }).flat();
  await jsonOf(await post('/v1/events', { events }), 202);
  const window = ['--events', '--from', day(-1), '--to', day(2), '--conversion', 'measured-sale'];
  const campaign = await edgemark('evaluate', ...window, '--task', 'attribution');
  expect(campaign).toMatchObject({ code: 0, stdout: expect.stringContaining('0 of 10 sales (0.0 %)') });
  const wrong = await edgemark('evaluate', ...window, '--task', 'campaign', '--arms', 'moon');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--arms takes recommendation') });
  const shown = [...window, '--task', 'campaign', '--arms', 'property:campaign', '--exposure', 'measured-mail'];
  const told = await edgemark('evaluate', ...shown);
  expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('500.00 more per 1,000 customers') });
  expect(told.stdout).toContain('40 rows read, 0 rejected');
});
