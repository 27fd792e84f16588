import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { DeletedSchema, EvaluationSchema, ProgressSchema } from '../../../functions/evaluate/contract.ts';
import { rowsKey } from '../../../functions/evaluate/plan.ts';
import { eventually } from '../eventually.ts';
import { bearer, get, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';
import { utf8 } from '../utf8.ts';

/** Of the pairs of a 1 and a 0, 3 of 4 are in the right order: an area of 0.75 under the ROC curve. */
const ROWS = [
  { label: 1, score: 0.9, country: 'NO' },
  { label: 0, score: 0.2, country: 'NO' },
  { label: 1, score: 0.6, country: 'SE' },
  { label: 0, score: 0.7, country: 'SE' },
];
const CSV = `\ufeffbought,p,country\r\n${ROWS.map(({ label, score, country }) => `${label},${score},"${country}"`).join('\r\n')}\r\n`;
const NDJSON = ROWS.map((row) => JSON.stringify(row)).join('\n');
const TASK = 'binary-classification';
const QUERY = `/v1/evaluate?task=${TASK}`;

/** What `POST /v1/evaluate` answers, on every platform. */
export function describeEvaluate(useServer: UseServer): void {
  const send = (path: string, body: BodyInit, type: string, headers: Record<string, string> = {}) =>
    useServer().fetch(path, {
      method: 'POST',
      headers: { ...bearer(KEYS.all), 'content-type': type, ...headers },
      body,
    });
  const evaluated = async (response: Response) => EvaluationSchema.parse(await jsonOf(response));
  const refused = (body: object, status = 422) =>
    useServer()
      .fetch('/v1/evaluate', post(body))
      .then((response) => problemOf(response, status));

  describe('rows', () => {
    test('in a body of JSON are evaluated at once, with slices and without', async () => {
      const answer = await evaluated(
        await useServer().fetch('/v1/evaluate', post({ task: TASK, rows: ROWS, slices: ['country'] })),
      );
      expect(answer.metrics['rocAuc']?.value).toBe(0.75);
      expect(answer.rows).toEqual({ read: 4, rejected: 0, firstRejected: [] });
      expect(answer.columns).toEqual({ label: 'label', score: 'score' });
      const values = answer.slices?.[0]?.values.map(({ value, evaluation }) => [
        value,
        evaluation.metrics['rocAuc']?.value,
      ]);
      expect(values).toEqual(
        expect.arrayContaining([
          ['NO', 1],
          ['SE', 0],
        ]),
      );
    });

    test.each([
      ['CSV', CSV, 'text/csv'],
      ['CSV that is said to be nothing', CSV, 'application/octet-stream'],
      ['CSV with semicolons', CSV.replaceAll(',', ';'), 'text/csv'],
      ['NDJSON', NDJSON, 'application/x-ndjson'],
      ['gzipped CSV', gzipSync(utf8(CSV)), 'application/gzip'],
      ['gzipped NDJSON', gzipSync(utf8(NDJSON)), 'application/x-ndjson'],
    ])('in a body of %s come to the same', async (_, body, type) => {
      const columns = encodeURIComponent(JSON.stringify(type === 'application/x-ndjson' ? {} : { label: 'bought' }));
      const path = `${QUERY}&columns=${columns}&slices=country`;
      const answer = await evaluated(await send(path, body as BodyInit, type));
      expect(answer.metrics['rocAuc']?.value).toBe(0.75);
      expect(answer.rows.read).toBe(4);
      expect(answer.slices?.[0]?.values).toHaveLength(2);
    });

    test('that are gzipped by Content-Encoding are unpacked', async () => {
      const answer = await evaluated(
        await send(QUERY, gzipSync(utf8(NDJSON)) as BodyInit, 'application/x-ndjson', { 'content-encoding': 'gzip' }),
      );
      expect(answer.metrics['rocAuc']?.value).toBe(0.75);
    });

    test('of columns with other names are understood, and the answer shows how', async () => {
      const body = 'Y_True,Y_Score\n1,0.9\n0,0.2\n';
      expect((await evaluated(await send(QUERY, body, 'text/csv'))).columns).toEqual({
        label: 'Y_True',
        score: 'Y_Score',
      });
    });

    test('that are wrong are counted, and the first are named', async () => {
      const body = `label,score\n1,0.9\n0,high\n"a\nb",0.1\n0,0.2\n1,2,3\n`;
      const { rows } = await evaluated(await send(QUERY, body, 'text/csv'));
      expect(rows).toMatchObject({ read: 5, rejected: 3 });
      expect(rows.firstRejected.map(({ line }) => line)).toEqual([3, 4, 7]);
    });

    test('more of which are wrong than may be are a refusal', async () => {
      const rows = [...ROWS, { label: 'x' }, { label: 1 }];
      const problem = await refused({ task: TASK, rows, maxRejected: 1 });
      expect(problem.detail).toContain('2 of 6 rows were rejected');
      expect(problem.errors?.[0]?.pointer).toBe('row 5');
    });

    test('of one kind only give null with a reason, never NaN', async () => {
      const answer = await evaluated(
        await useServer().fetch('/v1/evaluate', post({ task: TASK, rows: ROWS.slice(0, 1) })),
      );
      expect(answer.metrics['rocAuc']).toMatchObject({ value: null, reason: expect.any(String) });
    });
  });

  test('gates are judged, and fairness is worked out for the groups', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ ...ROWS[i % 4], sex: i % 8 < 4 ? 'f' : 'm' }));
    const gates = {
      rules: [
        { metric: 'rocAuc', min: 0.8 },
        { metric: 'rocAuc', minChange: 0.01 },
      ],
      baseline: { rocAuc: 0.7 },
    };
    const request = { task: TASK, rows, fairness: { columns: ['sex'] }, gates };
    const answer = await evaluated(await useServer().fetch('/v1/evaluate', post(request)));
    expect(answer.gates).toMatchObject({ passed: false, checks: [{ outcome: 'failed' }, { outcome: 'passed' }] });
    expect(answer.metrics['demographicParityDifference:sex']?.value).toBe(0);
    expect(answer.slices?.[0]?.column).toBe('sex');
  });

  describe('a refusal', () => {
    test.each([
      ['an unknown task', { task: 'divination', rows: ROWS }, 'binary-classification'],
      ['an unknown figure', { task: TASK, rows: ROWS, metrics: ['aura'] }, 'rocAuc'],
      ['an unknown setting', { task: TASK, rows: ROWS, settings: { treshold: 0.3 } }, 'treshold'],
      ['a column that is not there', { task: TASK, rows: ROWS, columns: { label: 'bought' } }, '"country"'],
      ['a column that the task lacks', { task: TASK, rows: ROWS, columns: { lable: 'label' } }, 'lable'],
      ['no rows', { task: TASK, rows: [] }, 'no rows'],
      ['rows that are no objects', { task: TASK, rows: [1, 'a', null] }, 'All 3 rows'],
      ['neither rows nor source', { task: TASK }, 'rows or source'],
      ['fairness of a task without it', { task: 'regression', rows: ROWS, fairness: { columns: ['a'] } }, 'fairness'],
      ['a level that is none', { task: TASK, rows: ROWS, intervals: { level: 95 } }, 'level'],
    ])('names %s', async (_, body, word) => {
      expect(JSON.stringify(await refused(body))).toContain(word.replaceAll('"', '\\"'));
    });

    test('names the columns there are where a needed one is not known', async () => {
      const problem = await problemOf(await send(QUERY, 'colour,size\nred,1\n', 'text/csv'), 422);
      expect(problem.detail).toMatch(/columns\.label.*"colour", "size"/);
    });

    test('of an empty file, of a broken gzip file, of a file without task', async () => {
      expect((await problemOf(await send(QUERY, '\n\n', 'text/csv'), 422)).detail).toBe('There are no rows.');
      expect((await problemOf(await send(QUERY, 'label,score\n', 'text/csv'), 422)).detail).toBe('There are no rows.');
      const broken = gzipSync(utf8(NDJSON)).slice(0, 40) as BodyInit;
      await problemOf(await send(QUERY, broken, 'application/gzip'), 400);
      expect((await problemOf(await send('/v1/evaluate', CSV, 'text/csv'), 422)).detail).toContain('task');
    });
  });

  describe('pictures', () => {
    test('a report needs nothing else and lets no markup through', async () => {
      const rows = [...ROWS, { label: '<script>alert(1)</script>', score: 1 }];
      const request = { task: TASK, rows: rows.map((row) => ({ ...row, country: '<b>&"' })), slices: ['country'] };
      const response = await useServer().fetch('/v1/evaluate?format=html', post(request));
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const page = await response.text();
      expect(page).not.toMatch(/<script|<b>|<link|src=|@import|url\(|https?:\/\/(?!www\.w3\.org)/);
      expect(page).toContain('role="img"');
    });

    test('one plot is an SVG; one that is not there is refused with the names', async () => {
      const request = post({ task: TASK, rows: ROWS });
      const response = await useServer().fetch('/v1/evaluate?format=svg&plot=roc', request);
      expect(response.headers.get('content-type')).toBe('image/svg+xml');
      expect(await response.text()).toMatch(/^<svg xmlns=/);
      const problem = await problemOf(await useServer().fetch('/v1/evaluate?format=svg&plot=x', request), 422);
      expect(problem.detail).toContain('roc');
    });
  });

  describe('stored objects', () => {
    test('are evaluated as parts, to the same as in one body', async () => {
      const { store } = useServer();
      const lines = NDJSON.split('\n');
      await store.put(rowsKey('acme', 'evaluated/1.ndjson'), utf8(lines.slice(0, 2).join('\n')));
      await store.put(
        rowsKey('acme', 'evaluated/2.ndjson.gz'),
        gzipSync(utf8(lines.slice(2).join('\n'))) as Uint8Array<ArrayBuffer>,
      );
      const source = { keys: ['evaluated/1.ndjson', 'evaluated/2.ndjson.gz'] };
      const request = { task: TASK, source, slices: ['country'] };
      const begun = ProgressSchema.parse(await jsonOf(await useServer().fetch('/v1/evaluate', post(request)), 202));
      const show = () => useServer().fetch(`/v1/evaluate/${begun.id}`, get());
      const stored = await eventually(async () => {
        await useServer().deliver();
        return evaluated(await show());
      });
      const { requestId: _, ...whole } = await evaluated(
        await useServer().fetch('/v1/evaluate', post({ task: TASK, rows: ROWS, slices: ['country'] })),
      );
      const { requestId: __, id, ...parts } = stored;
      expect(id).toBe(begun.id);
      expect(parts).toEqual(whole);
      const page = await (await useServer().fetch(`/v1/evaluate/${id}?format=html`, get())).text();
      expect(page).toContain(`<dd>${id}</dd>`);
      // The same again is answered at once.
      expect((await evaluated(await useServer().fetch('/v1/evaluate', post(request)))).id).toBe(id);
      await problemOf(await useServer().fetch(`/v1/evaluate/${id}`, get(KEYS.otherTenant)), 404);
    });

    test('are deleted when asked to, also while they are read; a tick does no harm', async () => {
      const { store } = useServer();
      await store.put(rowsKey('acme', 'evaluated/deleted.ndjson'), utf8(`${NDJSON}\n${NDJSON}`));
      const request = post({ task: TASK, source: { keys: ['evaluated/deleted.ndjson'] } });
      const begun = ProgressSchema.parse(await jsonOf(await useServer().fetch('/v1/evaluate', request), 202));
      expect(begun).toMatchObject({ status: 'running', rows: { read: expect.any(Number) } });
      await useServer().tick();
      const path = `/v1/evaluate/${begun.id}`;
      const remove = (key?: string) => useServer().fetch(path, { ...get(key), method: 'DELETE' });
      await problemOf(await remove(KEYS.otherTenant), 404);
      const deleted = DeletedSchema.parse(await jsonOf(await remove()));
      expect(deleted.id).toBe(begun.id);
      await problemOf(await useServer().fetch(path, get()), 404);
      const again = await useServer().fetch('/v1/evaluate', request);
      expect([200, 202]).toContain(again.status);
      const done = await eventually(async () => {
        await useServer().deliver();
        return evaluated(await useServer().fetch(path, get()));
      });
      expect(done.rows.read).toBe(8);
      await useServer().tick();
      expect((await evaluated(await useServer().fetch(path, get()))).rows.read).toBe(8);
    });

    test('that are not there are named', async () => {
      const problem = await refused({ task: TASK, source: { keys: ['nothing/here.csv'] } });
      expect(problem.errors?.[0]?.pointer).toBe('source.keys[0]');
      await refused({ task: TASK, source: { keys: ['../../other/rows/a.csv'] } });
    });
  });
}
