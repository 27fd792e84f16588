import { describe, expect, test } from 'vitest';
import { createClusters } from '../../functions/prepare/clusters.ts';
import { DatasetRequestSchema } from '../../functions/prepare/contract-request.ts';
import { decideRows } from '../../functions/prepare/decide.ts';
import { emptyColumns, encodeFacts, type FactColumns, fillColumns, headBytes } from '../../functions/prepare/facts.ts';
import { SKETCH_BYTES, similarityOf, sketchOf } from '../../functions/prepare/sketch.ts';
import { cutsByShares, divideByShares, divideByTime, NOWHERE, type Unit } from '../../functions/prepare/split.ts';
import { textKey } from '../../functions/prepare/text-key.ts';
import { hash53 } from '../../shared/core/hash-53.ts';
import { createRandom, type Random } from '../support/random.ts';

const WORDS =
  'the a room hotel was very clean and staff friendly breakfast cold view sea noisy street bed soft again never price good bad location near station far'.split(
    ' ',
  );
const SHARES = { train: 0.8, validation: 0.1, test: 0.1 };

interface Row {
  readonly text: string;
  readonly label: number;
  readonly group?: string;
  readonly time?: number;
}

function gramsOf(key: string): ReadonlySet<string> {
  return new Set(Array.from({ length: Math.max(1, key.length - 4) }, (_, i) => key.slice(i, i + 5)));
}

/** The part of 5-grams that two texts share. */
function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared++;
  return shared / (a.size + b.size - shared);
}

function makeText(random: Random, words: number): string {
  return Array.from({ length: words }, () => random.pick(WORDS)).join(' ');
}

/** The same text with a word or two changed: alike, by more or less. */
function vary(random: Random, text: string): string {
  const words = text.split(' ');
  for (let i = random.below(3); i >= 0; i--) words[random.below(words.length)] = random.pick(WORDS);
  return words.join(' ');
}

function columnsOf(rows: readonly Row[]): { columns: FactColumns; bandOf: (band: number) => Promise<Uint32Array> } {
  const facts = rows.map(({ text, label, group, time }, place) => ({
    key: hash53(textKey(text)),
    line: place + 1,
    label,
    language: 1,
    length: 3,
    group: group === undefined ? Number.NaN : hash53(group),
    time: time ?? Number.NaN,
    sketch: sketchOf(textKey(text)),
  }));
  const bytes = encodeFacts(facts, true);
  const columns = emptyColumns(rows.length, true);
  fillColumns(columns, 0, bytes.slice(0, headBytes(rows.length, true)), rows.length);
  return { columns, bandOf: async (band) => Uint32Array.from(facts, ({ sketch }) => sketch.bands[band] as number) };
}

async function decide(rows: readonly Row[], wish: object) {
  const { columns, bandOf } = columnsOf(rows);
  const { cleaning, split } = DatasetRequestSchema.parse({ name: 'x', source: { feedback: {} }, ...wish });
  const plan = {
    kind: 'text-classification' as const,
    cleaning,
    split: { ...split, method: split.method ?? ('stratified' as const) },
  };
  const labels = [...new Set(rows.map(({ label }) => label))].sort((a, b) => a - b).map((label) => `label ${label}`);
  return decideRows(columns, { plan, labels, bandOf });
}

describe('near texts', () => {
  test('are estimated as near as they are', () => {
    const random = createRandom(7);
    const errors = Array.from({ length: 400 }, () => {
      const text = makeText(random, 8 + random.below(30));
      const keys = [text, vary(random, text)].map(textKey) as [string, string];
      const bits = new Uint8Array(2 * SKETCH_BYTES);
      for (const [place, key] of keys.entries()) bits.set(sketchOf(key).bits, place * SKETCH_BYTES);
      return similarityOf(bits, 0, 1) - jaccard(gramsOf(keys[0]), gramsOf(keys[1]));
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(deviation).toBeLessThan(0.065);
  });

  test('of half their grams meet in a band about as often as reckoned, those of 0.85 always', () => {
    const random = createRandom(11);
    const seen = { half: [0, 0] as [number, number], high: [0, 0] as [number, number] };
    for (let i = 0; i < 6_000; i++) {
      const text = makeText(random, 6 + random.below(20));
      const keys = [text, vary(random, text)].map(textKey) as [string, string];
      const nearness = jaccard(gramsOf(keys[0]), gramsOf(keys[1]));
      const kind = nearness > 0.45 && nearness < 0.55 ? 'half' : nearness > 0.85 && nearness < 1 ? 'high' : null;
      if (kind === null) continue;
      const [a, b] = keys.map((key) => sketchOf(key).bands) as [Uint32Array, Uint32Array];
      seen[kind][0]++;
      if (a.some((band, place) => band === b[place])) seen[kind][1]++;
    }
    expect(seen.half[0]).toBeGreaterThan(100);
    expect(seen.half[1] / seen.half[0]).toBeGreaterThan(0.86);
    expect(seen.half[1] / seen.half[0]).toBeLessThan(0.98);
    expect(seen.high[0]).toBeGreaterThan(100);
    expect(seen.high[1]).toBe(seen.high[0]);
  });

  test.each(['random', 'stratified', 'grouped', 'time'])(
    'are never in two splits, nor are groups: %s',
    async (method) => {
      for (let seed = 0; seed < 12; seed++) {
        const random = createRandom(seed);
        const rows: Row[] = [];
        for (let i = 0; i < 110; i++) {
          const known = rows.length > 0 && random.below(3) === 0 ? random.pick(rows).text : null;
          const text = known === null ? `${makeText(random, 6 + random.below(12))} ${i}` : vary(random, known);
          rows.push({ text, label: random.below(3), group: `g${random.below(60)}`, time: random.below(1_000_000) });
        }
        const nearDuplicates = { action: seed % 2 === 0 ? 'keep' : 'drop', threshold: 0.7 };
        const conflicts = { action: 'keep' };
        const { splits } = await decide(rows, { cleaning: { nearDuplicates, conflicts }, split: { method, seed } });
        const keys = rows.map(({ text }) => textKey(text));
        const grams = keys.map(gramsOf);
        const bits = columnsOf(rows).columns.bits;
        for (let a = 0; a < rows.length; a++) {
          for (let b = a + 1; b < rows.length; b++) {
            if (splits[a] === splits[b] || splits[a] === NOWHERE || splits[b] === NOWHERE) continue;
            if (keys[a] === keys[b]) expect.fail(`seed ${seed}: ${rows[a]?.text} is in two splits`);
            // The estimate decides; what is well over the threshold is over it by the estimate, too.
            const nearness = jaccard(grams[a] as ReadonlySet<string>, grams[b] as ReadonlySet<string>);
            if (nearness > 0.9) expect.fail(`seed ${seed}: ${rows[a]?.text} | ${rows[b]?.text}`);
            if (nearness > 0.8) expect(similarityOf(bits, a, b), `seed ${seed}`).toBeLessThan(0.7);
            if (method === 'grouped') expect(rows[a]?.group).not.toBe(rows[b]?.group);
          }
        }
      }
    },
  );
});

describe('rows of the same text', () => {
  const others = Array.from(
    { length: 60 },
    (_, i): Row => ({ text: `${WORDS[i % 20]} ${i * 7919} ${i * 104729}`, label: i % 2 }),
  );
  const wish = (cleaning: object) => ({ cleaning });

  test('stay once; of several labels the clear one stays, else none', async () => {
    const rows: Row[] = [
      { text: 'Thrice, told', label: 0 },
      { text: 'thrice told!', label: 0 },
      { text: 'thrice told', label: 1 },
      { text: 'thrice  told', label: 0 },
      { text: 'half and half', label: 0 },
      { text: 'Half and half', label: 1 },
      ...others,
    ];
    const { splits, summary } = await decide(rows, {});
    expect([...splits.slice(0, 6)].map((split) => split !== NOWHERE)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(summary.conflicts).toEqual({ texts: 2, settled: 1 });
    expect(summary.dropped).toEqual({
      'the same text has another label elsewhere': { rows: 3, lines: [3, 5, 6] },
      'repeats an earlier row': { rows: 2, lines: [2, 4] },
    });
  });

  test('stay all where that is wanted, in one split', async () => {
    const rows: Row[] = [
      { text: 'again', label: 0 },
      { text: 'Again', label: 1 },
      { text: 'again!', label: 0 },
      ...others,
    ];
    const { splits } = await decide(
      rows,
      wish({ duplicates: 'keep', conflicts: { action: 'keep' }, nearDuplicates: { action: 'keep' } }),
    );
    expect(splits[0]).not.toBe(NOWHERE);
    expect([splits[1], splits[2]]).toEqual([splits[0], splits[0]]);
  });

  test('nearly, with another label, stay beside each other', async () => {
    const long = 'the room was clean and the staff friendly and we would come again at any time';
    const rows: Row[] = [
      { text: long, label: 0 },
      { text: `${long} soon`, label: 0 },
      { text: `not ${long}`, label: 1 },
      ...others,
    ];
    const { splits, summary } = await decide(rows, {});
    expect([splits[1], splits[2]]).toEqual([NOWHERE, splits[0]]);
    expect(splits[0]).not.toBe(NOWHERE);
    expect(summary.together).toEqual({ groups: 1, rows: 2, largest: 2 });
  });
});

describe('a division', () => {
  const unitsOf = (sizes: readonly number[], label: (unit: number) => number = () => 0): Unit[] => {
    let row = 0;
    return sizes.map((size, unit) => ({
      key: hash53(`unit ${unit}`),
      rows: Array.from({ length: size }, () => row++),
      label: label(unit),
    }));
  };
  const count = (splits: Uint8Array) => [0, 1, 2].map((split) => splits.filter((each) => each === split).length);

  test('gives each split its share of each label, by a seed that is used', () => {
    const units = unitsOf(
      Array.from({ length: 400 }, () => 1),
      (unit) => (unit % 10 === 0 ? 1 : 0),
    );
    const options = { shares: SHARES, seed: 1, isStratified: true };
    const first = divideByShares(units, 400, options).splits;
    expect(count(first)).toEqual([320, 40, 40]);
    const ofRare = first.filter((_, row) => row % 10 === 0);
    expect(count(ofRare)).toEqual([32, 4, 4]);
    expect(divideByShares([...units].reverse(), 400, options).splits).toEqual(first);
    const second = divideByShares(units, 400, { ...options, seed: 2 }).splits;
    expect(second).not.toEqual(first);
    expect(count(second)).toEqual([320, 40, 40]);
  });

  test('with large units comes as near as they let it, and leaves no split empty', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = createRandom(seed);
      const units = unitsOf(Array.from({ length: 3 + random.below(40) }, () => 1 + random.below(20)));
      const rows = units.reduce((sum, unit) => sum + unit.rows.length, 0);
      const counted = count(divideByShares(units, rows, { shares: SHARES, seed, isStratified: false }).splits);
      expect(counted.reduce((sum, each) => sum + each, 0)).toBe(rows);
      expect(Math.min(...counted), `seed ${seed}`).toBeGreaterThan(0);
      const largest = Math.max(...units.map((unit) => unit.rows.length));
      expect(Math.abs((counted[0] as number) - 0.8 * rows), `seed ${seed}`).toBeLessThanOrEqual(2 * largest);
    }
  });

  test('tells labels that are too rare, and keeps them for training', () => {
    const units = unitsOf(
      Array.from({ length: 62 }, () => 1),
      (unit) => (unit < 60 ? 0 : 1),
    );
    const { splits, rareLabels } = divideByShares(units, 62, { shares: SHARES, seed: 1, isStratified: true });
    expect(rareLabels).toEqual([1]);
    expect([splits[60], splits[61]]).toEqual([0, 0]);
  });

  test('by time has the newest for the test, and drops what would tell them before', () => {
    const times = Float64Array.from({ length: 100 }, (_, row) => (row * 37) % 100);
    const units = unitsOf(Array.from({ length: 100 }, () => 1));
    const { splits } = divideByTime(units, times, cutsByShares([...times], SHARES));
    expect(count(splits)).toEqual([80, 10, 10]);
    for (const [row, time] of times.entries()) expect(splits[row]).toBe(time >= 90 ? 2 : time >= 80 ? 1 : 0);
    const joined = divideByTime([{ key: 1, rows: [0, 1], label: 0 }], Float64Array.of(5, 95), [80, 90]);
    expect(joined).toMatchObject({ splits: Uint8Array.of(0, NOWHERE), parted: [1] });
  });
});

test('rows that are joined are found by the first of them', () => {
  const clusters = createClusters(6);
  clusters.join(4, 2);
  clusters.join(5, 4);
  clusters.join(1, 5);
  expect([0, 1, 2, 3, 4, 5].map(clusters.find)).toEqual([0, 1, 1, 3, 1, 1]);
});

test('facts come back as they went, in chunks of any size', () => {
  for (const rows of [1, 2, 3, 7, 8]) {
    const { columns } = columnsOf(
      Array.from({ length: rows }, (_, i) => ({ text: `text ${i}`, label: i, group: 'g', time: i })),
    );
    const twice = emptyColumns(rows * 2, true);
    const facts = columnsOf(
      Array.from({ length: rows }, (_, i) => ({ text: `text ${i}`, label: i, group: 'g', time: i })),
    );
    const head = new Uint8Array(facts.columns.keys.buffer as ArrayBuffer);
    fillColumns(twice, 0, head, rows);
    fillColumns(twice, rows, head, rows);
    expect([...twice.keys]).toEqual([...columns.keys, ...columns.keys]);
    expect([...twice.labels]).toEqual([...columns.labels, ...columns.labels]);
    expect([...twice.bits]).toEqual([...columns.bits, ...columns.bits]);
  }
});
