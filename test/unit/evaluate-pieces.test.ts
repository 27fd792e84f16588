import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { consume } from '../../functions/evaluate/consume.ts';
import { EvaluateRequestSchema } from '../../functions/evaluate/contract.ts';
import { evaluate } from '../../functions/evaluate/evaluate.ts';
import type { EvaluateMessage } from '../../functions/evaluate/message.ts';
import { rowsKey } from '../../functions/evaluate/plan.ts';
import { planObjects } from '../../functions/evaluate/plan-objects.ts';
import { showEvaluation } from '../../functions/evaluate/stored.ts';
import { TASK_NAMES } from '../../functions/evaluate/tasks.ts';
import { createMemoryBlobStore } from '../../shared/adapters/memory/memory-blob-store.ts';
import { createMemoryQueue } from '../../shared/adapters/memory/memory-queue.ts';
import { streamOf } from '../../shared/core/read-stream.ts';
import type { BlobFound, BlobStore } from '../../shared/ports/blob-store.ts';
import { type MadeFile, makeCsv, makeNdjson } from '../support/divided-files.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { NO_PACKS } from '../support/no-packs.ts';
import { createRandom, type Random } from '../support/random.ts';
import { utf8 } from '../support/utf8.ts';

const TENANT = 'acme';
const CALLER = { tenant: TENANT, keyId: 'key', requestId: 'r-12345678', defer: () => {} };
const QUERY = { format: 'json' } as const;
const WHOLE = 2 ** 30;
const TASK = 'binary-classification';
/** Many made-up files, on a machine that may be busy. */
const PROPERTY_MS = 60_000;

describe.each([
  ['CSV', makeCsv],
  ['NDJSON', makeNdjson],
])('%s', (_, makeFile) => {
  test(
    'divided anywhere comes to what one pass says, lines of rejected rows included',
    async () => {
      for (let seed = 0; seed < 30; seed++) {
        const random = createRandom(seed);
        const file = makeFile(random, seed % 2 === 0 ? 1 + random.below(8) : 120);
        const size = utf8(file.text).length;
        const whole = await evaluated(file, WHOLE);
        for (const pieces of [2 + random.below(6), 8 + random.below(40)]) {
          const pieceBytes = Math.ceil(size / pieces);
          expect(await evaluated(file, pieceBytes), `seed ${seed}, ${pieceBytes} bytes`).toEqual(whole);
        }
      }
    },
    PROPERTY_MS,
  );

  test(
    'with rows about as long as may be comes to the same',
    async () => {
      for (let seed = 0; seed < 6; seed++) {
        const random = createRandom(seed);
        const file = makeFile(random, 20, 600_000);
        const whole = await evaluated(file, WHOLE);
        const pieceBytes = 50_000 + random.below(500_000);
        expect(await evaluated(file, pieceBytes), `seed ${seed}, ${pieceBytes} bytes`).toEqual(whole);
      }
    },
    PROPERTY_MS,
  );

  test(
    'more of which is wrong than may be fails, divided or not',
    async () => {
      for (let seed = 0; seed < 30; seed++) {
        const random = createRandom(seed);
        const file = makeFile(random, 60 + random.below(60));
        const maxRejected = random.below(12);
        const whole = await evaluated(file, WHOLE, maxRejected);
        const pieces = await evaluated(file, 200 + random.below(400), maxRejected);
        if (!isFailed(whole)) expect(pieces, `seed ${seed}`).toEqual(whole);
        else
          expect(pieces, `seed ${seed}`).toMatchObject({
            status: 'failed',
            failures: [{ key: file.name, reason: expect.stringMatching(/ were rejected, the first in line \d+: /) }],
          });
      }
    },
    PROPERTY_MS,
  );
});

test.each([
  ['a header alone', 'label,score,country\n', 'There are no rows.'],
  ['a header without its line end', 'label,score,country', 'There are no rows.'],
  ['blank lines', '\n\n\n\n\n\n', 'There are no rows.'],
  ['a column that is not there', 'colour,size\nred,1\nred,2\n', 'columns.label'],
])('%s fails as in one pass', async (_, text, reason) => {
  const file = { name: 'rows.csv', text };
  const whole = await evaluated(file, WHOLE);
  expect(whole).toMatchObject({ failures: [{ reason: expect.stringContaining(reason) }] });
  for (let pieceBytes = 1; pieceBytes < text.length; pieceBytes++) {
    const pieces = await evaluated(file, pieceBytes);
    expect(pieces).toMatchObject({ failures: (whole as { failures: unknown }).failures });
  }
});

test('a row in the middle of two pieces, and pieces without a line end, lose nothing', async () => {
  const long = `{"label":0,"score":0.1,"note":"${'y'.repeat(300)}"}`;
  const text = `{"label":1,"score":0.9}\n${long}\n{"label":1,"score":0.8}`;
  for (const pieceBytes of [10, 40, 100]) {
    expect(await evaluated({ name: 'a.ndjson', text }, pieceBytes)).toMatchObject({ rows: { read: 3, rejected: 0 } });
  }
});

test.each(TASK_NAMES)(
  '%s: pieces, with rows and without, come to the one pass',
  async (task) => {
    const random = createRandom(11);
    const rows = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ ...rowOf(task, random), pad: 'p'.repeat(i * 10) }),
    );
    const file = { name: 'rows.ndjson', text: rows.join('\n') };
    const whole = await evaluated(file, WHOLE, 0, task);
    expect(whole).toMatchObject({ status: 'done', rows: { read: 40, rejected: 0 } });
    for (const pieceBytes of [100, 333, 3_000]) expect(await evaluated(file, pieceBytes, 0, task)).toEqual(whole);
  },
  PROPERTY_MS,
);

test('rows are understood by the first ones of the object, in each of its pieces', async () => {
  const first = Array.from({ length: 120 }, (_, i) => `{"y_true":${i % 2},"y_score":0.5,"country":"NO"}`);
  // Alone these would be read by the columns that have the task's own names.
  const later = first.map((_, i) => `{"y_true":${i % 2},"y_score":0.${i % 9},"label":7,"score":"none","country":"SE"}`);
  const file = { name: 'rows.ndjson', text: [...first, ...later].join('\n') };
  const whole = await evaluated(file, WHOLE);
  expect(whole).toMatchObject({ rows: { read: 240, rejected: 0 }, columns: { label: 'y_true', score: 'y_score' } });
  for (const pieceBytes of [300, 2_000]) expect(await evaluated(file, pieceBytes)).toEqual(whole);
});

test('a piece that began within a cell is read again from where the row before it ends', async () => {
  // Each boundary lies within quotes, in text that would be two good rows.
  const text = `label,score,country\n${Array.from({ length: 20 }, (_, i) => `${i % 2},0.5,"\n1,0.9,a\n0,0.1,b\n"`).join('\n')}\n`;
  for (const pieceBytes of [40, 90, 100, 250])
    expect(await evaluated({ name: 'rows.csv', text }, pieceBytes)).toMatchObject({ rows: { read: 20, rejected: 0 } });
});

test('only large objects are divided, evenly, and gzipped ones never', async () => {
  const store = createMemoryBlobStore();
  const rows = utf8('label,score\n'.repeat(100));
  await store.put(rowsKey(TENANT, 'large.csv'), rows);
  await store.put(rowsKey(TENANT, 'small.csv'), rows.slice(0, 400));
  await store.put(rowsKey(TENANT, 'packed.csv.gz'), gzipSync(rows, { level: 0 }) as Uint8Array<ArrayBuffer>);
  const planned = await planObjects(store, TENANT, ['large.csv', 'small.csv', 'packed.csv.gz'], 500);
  expect(planned.ok && planned.value.map(({ key, piece }) => [key, piece])).toEqual([
    ['large.csv', { offset: 0, end: 400 }],
    ['large.csv', { offset: 400, end: 800 }],
    ['large.csv', { offset: 800, end: 1200 }],
    ['small.csv', undefined],
    ['packed.csv.gz', undefined],
  ]);
});

test('of a giant object there are as many pieces as may be, and one too large for these, or gzipped, is refused', async () => {
  const store = createMemoryBlobStore();
  const giant = (sizeBytes: number, first = 0x7b): BlobStore => ({
    ...store,
    head: async (key) => ({ kind: 'found', key, etag: 'e', sizeBytes }),
    get: async (key) =>
      ({ kind: 'found', key, etag: 'e', sizeBytes, bytes: async () => Uint8Array.of(first, 0x8b) }) as BlobFound,
  });
  const planned = await planObjects(giant(2 ** 41), TENANT, ['a.ndjson']);
  const pieces = planned.ok ? planned.value.map(({ piece }) => piece) : [];
  expect(pieces).toHaveLength(1_999);
  expect(pieces.at(-1)?.end).toBe(2 ** 41);
  const many = Array.from({ length: 1_000 }, (_, i) => `${i}.csv`);
  const divided = await planObjects(giant(2 ** 30), TENANT, many);
  expect(divided.ok && divided.value.length).toBeLessThanOrEqual(2_000);
  const larger = await planObjects(giant(2 ** 43), TENANT, ['a.ndjson']);
  expect(larger).toMatchObject({ failure: { detail: expect.stringContaining('8796093022208 bytes') } });
  const packed = await planObjects(giant(2 ** 40, 0x1f), TENANT, ['a.ndjson.gz']);
  expect(packed).toMatchObject({ failure: { detail: expect.stringContaining('gzipped') } });
});

function rowOf(task: string, random: Random): object {
  const share = () => random.below(1_000) / 1_000;
  const [binary, amount, arm] = [random.below(2), random.below(10_000) / 100, random.pick(['mail', 'control'])];
  const items = Array.from({ length: 4 }, () => `item ${random.below(30)}`);
  const name = () => random.pick(['a', 'b', 'c']);
  const rows: Record<string, object> = {
    'binary-classification': { label: binary, score: share() },
    classification: { label: name(), prediction: name() },
    multilabel: { labels: [name()], predictions: [...new Set([name(), name()])] },
    regression: { actual: amount, predicted: amount + share() },
    comparison: { label: binary, baseline: share(), candidate: share() },
    ranking: { relevant: [...new Set(items)], ranked: [...new Set([...items, 'item 1'])] },
    campaign: { arm, converted: binary, revenue: amount },
    uplift: { treatment: binary, outcome: random.below(2), score: share() },
    'ab-test': { arm, outcome: binary },
    attribution: {
      kind: random.pick(['click', 'view', 'sale']),
      at: Date.UTC(2026, 4, 1) + random.below(1_000_000_000),
      userId: name(),
      eventId: `e${random.below(1_000_000_000)}`,
      revenue: amount,
    },
    drift: { sample: random.pick(['reference', 'current']), age: amount, kind: name() },
  };
  return { ...rows[task], country: random.pick(['NO', 'SE']) };
}

/** The answer to the file as a stored object in pieces of so many bytes. */
async function evaluated(file: MadeFile, pieceBytes: number, maxRejected = 1_000, task = TASK): Promise<object> {
  const queue = createMemoryQueue<EvaluateMessage>();
  const store = inChunks(createMemoryBlobStore(), pieceBytes);
  await store.put(rowsKey(TENANT, file.name), utf8(file.text));
  const log = (record: unknown) => {
    throw new Error(JSON.stringify(record));
  };
  const deps = { store, queue, log, packs: NO_PACKS, pieceBytes, clock: createFakeClock(0), newId: () => '1' };
  const request = EvaluateRequestSchema.parse({
    task,
    source: { keys: [file.name] },
    slices: ['country'],
    maxRejected,
    intervals: { method: 'analytic' },
  });
  const begun = await evaluate(deps, { request }, QUERY, CALLER);
  if (!begun.ok) throw new Error(JSON.stringify(begun));
  const { id } = JSON.parse((begun.value as { text: string }).text);
  for (let round = 0; queue.waiting.length > 0; round++) {
    if (round > 200) throw new Error('it never ends');
    await queue.deliver((messages) => consume(deps, messages));
  }
  const shown = await showEvaluation(deps, id, QUERY, CALLER);
  if (!shown.ok) throw new Error(JSON.stringify(shown));
  return { ...(shown.value as object), id: '', ...(isFailed(shown.value) ? { parts: undefined } : {}) };
}

function isFailed(value: unknown): boolean {
  return (value as { status: string }).status === 'failed';
}

/** A store whose bodies come in chunks that end anywhere. */
function inChunks(store: BlobStore, seed: number): BlobStore {
  const random = createRandom(seed);
  return {
    ...store,
    async get(key, range) {
      const found = await store.get(key, range);
      if (found.kind === 'missing' || !key.includes('/rows/')) return found;
      const bytes = await found.bytes();
      const size = bytes.length < 20_000 ? 1 + random.below(200) : 20_000 + random.below(100_000);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const chunk = chunks.shift();
          if (chunk) controller.enqueue(chunk);
          else controller.close();
        },
      });
      return { ...found, body: chunks.length === 1 ? streamOf(bytes) : body, bytes: async () => bytes };
    },
  };
}
