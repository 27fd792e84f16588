import { gzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  BuildSchema,
  DatasetListSchema,
  DatasetRowsSchema,
  DatasetSchema,
  UploadSchema,
} from '../../../functions/prepare/contract.ts';
import { eventually } from '../eventually.ts';
import { seedKey } from '../seed-store.ts';
import { bearer, get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { utf8 } from '../utf8.ts';

/** Of a tenant of its own: what other suites collect would be in its datasets. */
const KEY = 'em_key-of-who-prepares';

const THINGS =
  'apple bridge candle dragon engine feather garden hammer island jacket kettle lantern mirror needle orchid pencil'.split(
    ' ',
  );

/** 96 different texts of three labels, then copies, contradictions and other dirt. */
const ROWS: readonly (readonly [text: string, label: string])[] = THINGS.flatMap((thing, place) =>
  THINGS.slice(0, 6).map((other, at): [string, string] => [
    `${thing} number ${place * 7 + at} stands beside the ${other} ${at * 13 + place}`,
    ['good', 'bad', 'fair'][(place + at) % 3] as string,
  ]),
);
const DIRT: readonly (readonly [text: string, label: string])[] = [
  [ROWS[0]?.[0].toUpperCase() as string, ROWS[0]?.[1] as string],
  ['', 'good'],
  ['no label at all', ''],
  ['so much contradiction', 'good'],
  ['So much contradiction!', 'bad'],
  ['write to ann@example.org about the kettles in the hall', 'fair'],
  ['the cafÃ© on the corner serves very decent breakfast', 'good'],
];
const CSV = csvOf([...ROWS, ...DIRT]);

function csvOf(rows: readonly (readonly [string, string])[]): string {
  return ['review,stars', ...rows.map(([text, label]) => `"${text}",${label}`)].join('\r\n');
}

/** What uploads and datasets answer, on every platform. */
export function describePrepare(useServer: UseServer): void {
  beforeAll(() => seedKey(useServer().store, KEY, { tenant: 'preparing' }));

  const put = (path: string, body: Uint8Array) =>
    useServer().fetch(path, {
      method: 'PUT',
      headers: {
        ...bearer(KEY),
        'content-type': 'application/octet-stream',
        'content-length': String(body.length),
      },
      body: body as BodyInit,
    });
  const begin = async () =>
    UploadSchema.parse(await jsonOf(await useServer().fetch('/v1/uploads', post({}, KEY)), 201)).uploadId;
  const upload = async (bytes: Uint8Array, parts = 1) => {
    const id = await begin();
    const size = Math.ceil(bytes.length / parts);
    for (let part = 1; part <= parts; part++)
      await jsonOf(await put(`/v1/uploads/${id}/parts/${part}`, bytes.slice((part - 1) * size, part * size)));
    await jsonOf(await useServer().fetch(`/v1/uploads/${id}/finish`, post({}, KEY)));
    return id;
  };
  const make = (body: object) => useServer().fetch('/v1/datasets', post(body, KEY));
  const built = async (body: { readonly name: string }) => {
    const begun = BuildSchema.parse(await jsonOf(await make(body), 202));
    return eventually(async () => {
      await useServer().deliver();
      const path = `/v1/datasets/${body.name}/builds/${begun.build}`;
      const build = BuildSchema.parse(await jsonOf(await useServer().fetch(path, get(KEY))));
      if (build.status === 'running') throw new Error('it is still running');
      return build;
    });
  };
  const show = async (path: string) =>
    DatasetSchema.parse(await jsonOf(await useServer().fetch(`/v1/datasets/${path}`, get(KEY))));
  const refused = async (body: object, status = 422) => problemOf(await make(body), status);

  describe('an upload', () => {
    test('comes in parts, in any order and again, and is finished once all are there', async () => {
      const id = await begin();
      await problemOf(await useServer().fetch(`/v1/uploads/${id}/finish`, post({}, KEY)), 409);
      await jsonOf(await put(`/v1/uploads/${id}/parts/3`, utf8('c')));
      await jsonOf(await put(`/v1/uploads/${id}/parts/1`, utf8('a')));
      const gap = await problemOf(await useServer().fetch(`/v1/uploads/${id}/finish`, post({}, KEY)), 409);
      expect(gap.detail).toContain('Part 2');
      await jsonOf(await put(`/v1/uploads/${id}/parts/2`, utf8('bb')));
      await jsonOf(await put(`/v1/uploads/${id}/parts/2`, utf8('b')));
      const finished = UploadSchema.parse(
        await jsonOf(await useServer().fetch(`/v1/uploads/${id}/finish`, post({}, KEY))),
      );
      expect(finished).toMatchObject({ status: 'finished', sizeBytes: 3 });
      const shown = UploadSchema.parse(await jsonOf(await useServer().fetch(`/v1/uploads/${id}`, get(KEY))));
      expect(shown.parts).toEqual([1, 2, 3].map((part) => ({ part, sizeBytes: 1 })));
      expect((await problemOf(await put(`/v1/uploads/${id}/parts/4`, utf8('d')), 409)).detail).toContain('finished');
    });

    test('that is unknown, of another tenant, or empty is refused', async () => {
      const id = await begin();
      await problemOf(await put('/v1/uploads/2b1f6f5e-7f6c-4a53-9f0e-0d6a3c1b7a55/parts/1', utf8('a')), 404);
      await problemOf(await useServer().fetch(`/v1/uploads/${id}`, get(KEYS.otherTenant)), 404);
      await problemOf(await put(`/v1/uploads/${id}/parts/1`, new Uint8Array()), 400);
      await problemOf(await put(`/v1/uploads/${id}/parts/0`, utf8('a')), 422);
    });
  });

  test('a file is fetched only from hosts that are allowed, and only by HTTPS', async () => {
    for (const url of [
      'https://example.org/a.csv',
      'http://example.org/a.csv',
      'https://me:pw@example.org/',
      'file:///etc/hosts',
      'x',
    ]) {
      const problem = await problemOf(await useServer().fetch('/v1/uploads', post({ url }, KEY)), 422);
      expect(problem.errors?.[0]?.pointer).toBe('url');
    }
  });

  describe('a dataset', () => {
    test('is made of an upload: cleaned, divided, with a report', async () => {
      const body = { name: 'made', source: { upload: await upload(utf8(CSV), 3) } };
      const build = await built(body);
      expect(build).toMatchObject({ status: 'done', isNew: true, rows: { read: ROWS.length + DIRT.length } });
      const { versions, report, builds } = await show('made');
      expect(builds).toEqual([]);
      expect(versions).toMatchObject([{ version: build.version, labels: 3 }]);
      expect(report).toMatchObject({
        version: build.version,
        source: { format: 'csv', encoding: 'utf-8', delimiter: ',' },
        columns: { text: 'review', label: 'stars' },
        rows: { read: 103, dropped: 5, kept: 98 },
        conflicts: { texts: 1, settled: 0 },
      });
      const reasons = Object.fromEntries(report?.dropped.map(({ reason, lines }) => [reason, lines]) ?? []);
      expect(reasons).toEqual({
        'repeats an earlier row': [98],
        'the text is empty': [99],
        'the label is empty': [100],
        'the same text has another label elsewhere': [101, 102],
      });
      expect(report?.changed.map(({ reason, lines }) => [reason.slice(0, 8), lines])).toEqual(
        expect.arrayContaining([
          ['personal', [103]],
          ['misread ', [104]],
        ]),
      );
      const splits = await Promise.all(
        ['train', 'validation', 'test'].map(async (split) =>
          DatasetRowsSchema.parse(
            await jsonOf(await useServer().fetch(`/v1/datasets/made/rows?split=${split}&limit=100`, get(KEY))),
          ),
        ),
      );
      expect(splits.map(({ rows }) => rows.length)).toEqual(Object.values(report?.splits ?? {}));
      const texts = splits.flatMap(({ rows }) => rows.map(({ text }) => text));
      expect(new Set(texts).size).toBe(98);
      expect(texts).toEqual(expect.arrayContaining(['the café on the corner serves very decent breakfast']));
      expect(texts).toEqual(expect.arrayContaining(['write to [email] about the kettles in the hall']));
    });

    test('says the same again at once, and the same content is no new version', async () => {
      const id = await upload(utf8(CSV));
      const first = await built({ name: 'again', source: { upload: id } } as { name: string });
      const again = BuildSchema.parse(await jsonOf(await make({ name: 'again', source: { upload: id } })));
      expect(again).toMatchObject({ status: 'done', version: first.version, build: first.build });
      // Gzipped and cut otherwise it is another wish, but the same rows.
      const other = { name: 'again', source: { upload: await upload(gzipSync(utf8(CSV)), 2) } };
      expect(await built(other)).toMatchObject({ status: 'done', version: first.version, isNew: false });
      expect((await show('again')).versions).toHaveLength(1);
    });

    test('has a version more with other rows, and the drift against the one before', async () => {
      await built({ name: 'drifting', source: { upload: await upload(utf8(CSV)) } } as { name: string });
      const lopsided = ROWS.map(([text, label], place) => [`${text} today`, place % 7 === 0 ? label : 'new'] as const);
      const second = await built({ name: 'drifting', source: { upload: await upload(utf8(csvOf(lopsided))) } } as {
        name: string;
      });
      const { report, versions } = await show('drifting');
      expect(versions.map(({ version }) => version)[0]).toBe(second.version);
      expect(report?.drift).toMatchObject({ previous: versions[1]?.version, newLabels: ['new'], goneLabels: [] });
      expect(report?.drift?.features.find(({ name }) => name === 'label')?.hasDrifted).toBe(true);
    });

    test('is listed, shown as a page that needs nothing else, and deleted by version', async () => {
      const dirty = csvOf(ROWS.map(([text, label]) => [text, label === 'bad' ? '<b>&bad' : label]));
      const { version } = await built({ name: 'gone', source: { upload: await upload(utf8(dirty)) } } as {
        name: string;
      });
      const list = DatasetListSchema.parse(await jsonOf(await useServer().fetch('/v1/datasets', get(KEY))));
      expect(list.datasets.find(({ name }) => name === 'gone')?.newest?.version).toBe(version);
      const page = await (await useServer().fetch('/v1/datasets/gone?format=html', get(KEY))).text();
      expect(page).toContain('role="img"');
      expect(page).not.toMatch(/<script|<b>|<link|src=|@import|url\(|https?:/);
      await problemOf(await useServer().fetch('/v1/datasets/gone', get(KEYS.otherTenant)), 404);
      const path = `/v1/datasets/gone/versions/${version}`;
      await jsonOf(await useServer().fetch(path, { ...get(KEY), method: 'DELETE' }));
      await problemOf(await useServer().fetch('/v1/datasets/gone', get(KEY)), 404);
      await problemOf(await useServer().fetch('/v1/datasets/gone/rows', get(KEY)), 404);
    });

    test.each([
      ['UTF-16', utf16(CSV), 'utf-16le'],
      ['NDJSON', utf8(ROWS.map(([text, label]) => JSON.stringify({ text, label })).join('\n')), 'utf-8'],
      [
        'semicolons in Windows-1252',
        windows1252(csvOf([...ROWS, ['très bon café', 'good']]).replaceAll(',', ';')),
        'windows-1252',
      ],
    ])('is understood from %s, and a dry run shows how', async (_, bytes, encoding) => {
      const source = { upload: await upload(bytes) };
      expect(await jsonOf(await make({ name: 'dry', source, dryRun: true }))).toMatchObject({
        status: 'dry run',
        understood: { encoding, examples: [{ text: ROWS[0]?.[0], label: ROWS[0]?.[1] }, {}, {}] },
      });
      await problemOf(await useServer().fetch('/v1/datasets/dry', get(KEY)), 404);
    });
  });

  test('a file without a header is told from its rows', async () => {
    const lines = ROWS.map(([text, label]) => `${label}\t"${text}, he said`).join('\n');
    const build = await built({ name: 'headerless', source: { upload: await upload(utf8(lines)) } } as {
      name: string;
    });
    expect(build).toMatchObject({ status: 'done', rows: { read: ROWS.length } });
    const { report } = await show('headerless');
    expect(report?.columns).toMatchObject({ text: 'column 2', label: 'column 1' });
    expect(report?.rows.kept).toBe(ROWS.length);
  });

  describe('pictures', () => {
    /** Each is another picture, as its comment says what follows the end of a GIF's header. */
    const picture = (place: number) => {
      const [red, green, blue] = [place % 256, (place * 7) % 256, 99];
      return Uint8Array.from([
        ...utf8('GIF89a'),
        1,
        0,
        1,
        0,
        0x80,
        0,
        0,
        red,
        green,
        blue,
        0,
        0,
        0,
        0x2c,
        0,
        0,
        0,
        0,
        1,
        0,
        1,
        0,
        0,
        2,
        2,
        0x44,
        1,
        0,
        0x3b,
      ]);
    };
    const files = Object.fromEntries([
      ...Array.from({ length: 40 }, (_, place) => [
        `shop/${place % 2 === 0 ? 'mug' : 'lamp'}/${place}.gif`,
        picture(place),
      ]),
      ['shop/mug/again.gif', picture(0)],
      ['shop/mug/notes.txt', utf8('no picture')],
      ['shop/lamp/cut.gif', picture(200).slice(0, 24)],
      ['root.gif', picture(201)],
      ['__MACOSX/shop/._1.gif', utf8('not looked at')],
    ]) as Record<string, Uint8Array>;

    test('of a ZIP become a dataset: each has the label of its folder', async () => {
      const source = { upload: await upload(zipSync(files), 3) };
      const build = await built({ name: 'pictures', kind: 'image-classification', source } as { name: string });
      expect(build).toMatchObject({ status: 'done', rows: { read: 44, written: 40 } });
      const { report } = await show('pictures');
      expect(Object.fromEntries(report?.dropped.map(({ reason, rows }) => [reason, rows]) ?? [])).toEqual({
        'repeats an earlier row': 1,
        'is no picture (JPEG, PNG, WebP or GIF)': 1,
        'is a picture that is damaged': 1,
        'is in no folder, which would be its label': 1,
      });
      expect(report?.labels.map(({ label, rows }) => [label, rows])).toEqual([
        ['lamp', 20],
        ['mug', 20],
      ]);
      const { rows, version } = DatasetRowsSchema.parse(
        await jsonOf(await useServer().fetch('/v1/datasets/pictures/rows?limit=100', get(KEY))),
      );
      for (const { id, image } of rows) {
        const found = await useServer().store.get(`tenants/preparing/datasets/pictures/${version}/${image}`);
        if (found.kind === 'missing') throw new Error(`${image} is missing`);
        expect([...(await found.bytes())]).toEqual([...(files[String(id)] as Uint8Array)]);
      }
    });

    test('that unpack to more than they say, or are no ZIP, are refused or left out', async () => {
      await refused({
        name: 'x',
        kind: 'image-classification',
        source: { upload: await upload(utf8('text,label\na,b\n')) },
      });
      await refused({ name: 'x', source: { upload: await upload(zipSync(files)) } });
      await refused({
        name: 'x',
        kind: 'image-classification',
        source: { upload: await upload(zipSync(files).slice(0, 900)) },
      });
      const bomb = zipSync({ ...files, 'shop/mug/bomb.gif': new Uint8Array(11 * 1024 * 1024) }, { level: 9 });
      // The directory says that it is small: what it unpacks to tells.
      const place = new TextDecoder('windows-1252').decode(bomb).lastIndexOf('shop/mug/bomb.gif') - 46;
      new DataView(bomb.buffer, bomb.byteOffset).setUint32(place + 24, 100, true);
      const source = { upload: await upload(bomb) };
      const build = await built({ name: 'bomb', kind: 'image-classification', source } as { name: string });
      expect(build).toMatchObject({ status: 'done', rows: { written: 40 } });
      expect((await show('bomb')).report?.dropped.map(({ reason }) => reason)).toContain('is larger than 10 MiB');
    });
  });

  describe('feedback', () => {
    test('becomes a dataset, without texts of pictures and of erased customers', async () => {
      const feedback = ROWS.slice(0, 60).map(([text, label], place) => ({
        feedbackId: `prepare-${place}`,
        function: 'classify',
        model: 'mood@1.0.0',
        label,
        text,
        ...(place % 2 === 0 ? {} : { userId: place === 1 ? 'eve' : `customer-${place}` }),
      }));
      const picture = { feedbackId: 'prepare-p', function: 'tag', model: 'mood', label: 'good', imageKey: 'a.jpg' };
      await jsonOf(await useServer().fetch('/v1/feedback', post({ feedback: [...feedback, picture] }, KEY)), 202);
      await jsonOf(await useServer().fetch('/v1/users/eve', { ...get(KEY), method: 'DELETE' }));
      const build = await built({ name: 'from-feedback', source: { feedback: { model: 'mood' } } } as { name: string });
      expect(build).toMatchObject({ status: 'done' });
      const { report } = await show('from-feedback');
      expect(report?.rows.kept).toBe(59);
      expect(report?.dropped.map(({ reason, rows }) => [reason, rows]).sort()).toEqual([
        ['has no text: it is of a picture', 1],
        ['is of a customer who was erased', 1],
      ]);
      const { rows } = DatasetRowsSchema.parse(
        await jsonOf(await useServer().fetch('/v1/datasets/from-feedback/rows?limit=100', get(KEY))),
      );
      expect(rows.every((row) => !('user' in row) && !('userId' in row))).toBe(true);
      expect(rows.map(({ text }) => text)).not.toContain(ROWS[1]?.[0]);
    });
  });

  describe('events', () => {
    test('become interactions, the newest for the test', async () => {
      const start = Date.now() - 3_600_000;
      const events = Array.from({ length: 40 }, (_, place) => ({
        eventId: `prepare-${place}`,
        type: place % 2 === 0 ? 'view' : 'purchase',
        userId: `u${place % 7}`,
        itemId: `i${place % 5}`,
        at: new Date(start + place * 1000).toISOString(),
      }));
      await jsonOf(await useServer().fetch('/v1/events', post({ events }, KEY)), 202);
      const source = { events: { types: ['view', 'purchase'], from: new Date(start).toISOString() } };
      const build = await built({ name: 'clicks', kind: 'interactions', source } as { name: string });
      expect(build).toMatchObject({ status: 'done' });
      const ofSplit = async (split: string) =>
        DatasetRowsSchema.parse(
          await jsonOf(await useServer().fetch(`/v1/datasets/clicks/rows?split=${split}&limit=100`, get(KEY))),
        ).rows;
      const [train, last] = [await ofSplit('train'), await ofSplit('test')];
      expect(Object.keys(train[0] ?? {})).toEqual(['user', 'itemId', 'type', 'at']);
      const newest =
        train
          .map(({ at }) => String(at))
          .sort()
          .at(-1) ?? '';
      expect(last.every(({ at }) => String(at) >= newest)).toBe(true);
    });
  });

  describe('a refusal', () => {
    test('tells which columns there are where they are not understood', async () => {
      const source = { upload: await upload(utf8('colour,size\nred,1\nblue,1\n')) };
      const problem = await refused({ name: 'x', source });
      expect(problem.errors?.[0]?.pointer).toBe('columns.label');
      expect(problem.detail).toContain('"colour", "size"');
      expect((await refused({ name: 'x', source, columns: { text: 'nope' } })).detail).toContain('"nope"');
      expect(
        (await refused({ name: 'x', source, columns: { label: 'size' }, split: { method: 'time' } })).detail,
      ).toContain('columns.time');
    });

    test.each([
      ['no source', { name: 'x', source: {} }, 422],
      ['two sources', { name: 'x', source: { feedback: {}, events: {} } }, 422],
      ['a name that is none', { name: 'X Y', source: { feedback: {} } }, 422],
      [
        'shares that don’t add up',
        { name: 'x', source: { feedback: {} }, split: { shares: { train: 0.5, validation: 0.1, test: 0.1 } } },
        422,
      ],
      ['events as texts', { name: 'x', source: { events: {} } }, 422],
      ['an unknown upload', { name: 'x', source: { upload: '2b1f6f5e-7f6c-4a53-9f0e-0d6a3c1b7a55' } }, 404],
    ])('names %s', async (_, body, status) => {
      await refused(body, status);
    });

    test('of an upload that is not finished, of a ZIP, of a file without rows', async () => {
      const open = await begin();
      await jsonOf(await put(`/v1/uploads/${open}/parts/1`, utf8(CSV)));
      await refused({ name: 'x', source: { upload: open } }, 409);
      await refused({ name: 'x', source: { upload: await upload(utf8('PK\u0003\u0004 and so on')) } });
      expect((await refused({ name: 'x', source: { upload: await upload(utf8('text,label\n')) } })).detail).toContain(
        'no rows',
      );
      const broken = gzipSync(utf8(CSV)).slice(0, 60);
      expect((await refused({ name: 'x', source: { upload: await upload(broken) } })).detail).toContain('gzip');
    });

    test.each([
      ['one class', csvOf(ROWS.map(([text]) => [text, 'good'])), 'one label, "good"'],
      ['ten rows', csvOf(ROWS.slice(0, 10)), 'Only 10 rows are left'],
      [
        'a label of every row',
        csvOf(Array.from({ length: 1_100 }, (_, i) => [`text ${i * 7919}`, `label ${i}`])),
        'more than 1000 labels',
      ],
    ])('ends a build of %s with the reason', async (what, csv, words) => {
      const name = what.replaceAll(' ', '-');
      const build = await built({ name, source: { upload: await upload(utf8(csv)) } } as { name: string });
      expect(build).toMatchObject({ status: 'failed', reason: expect.stringContaining(words) });
      expect(await show(name)).toMatchObject({ versions: [], builds: [{ status: 'failed', reason: build.reason }] });
    });
  });
}

function utf16(text: string): Uint8Array {
  return new Uint8Array(Uint16Array.from(`\ufeff${text}`, (sign) => sign.charCodeAt(0)).buffer);
}

function windows1252(text: string): Uint8Array {
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}
