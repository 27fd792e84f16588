import { describe, expect, test } from 'vitest';
import { type BlobStore, type ListQuery, StorageError } from '../../shared/ports/blob-store.ts';
import { breakingStream, checkPattern, patternStream } from './byte-streams.ts';
import { utf8 } from './utf8.ts';

const LARGE_BYTES = 20 * 1024 * 1024;

let prefixCount = 0;

/** What every store must do. `makeStore` may give the same store each time: each test keeps to a prefix of its own. */
export function describeBlobStore(name: string, makeStore: () => BlobStore): void {
  describe(`${name} as a blob store`, () => {
    describeReading(makeStore);
    describeRanges(makeStore);
    describeWriting(makeStore);
    describeConditions(makeStore);
    describeStreams(makeStore);
    describeListing(makeStore);
    describeDeleting(makeStore);
  });
}

function describeReading(makeStore: () => BlobStore): void {
  test('gives back what was written, with its size and ETag', async () => {
    const { store, key } = fresh(makeStore);
    const written = await store.put(key('a.txt'), utf8('hello'));
    const found = await store.get(key('a.txt'));
    expect(found).toMatchObject({ kind: 'found', key: key('a.txt'), sizeBytes: 5 });
    expect(await textOf(found)).toBe('hello');
    expect(written).toEqual({ kind: 'written', etag: found.kind === 'found' ? found.etag : '' });
  });

  test('gives the content as a stream as well', async () => {
    const { store, key } = fresh(makeStore);
    await store.put(key('a.txt'), utf8('hello'));
    const found = await store.get(key('a.txt'));
    expect(found.kind === 'found' && (await new Response(found.body).text())).toBe('hello');
  });

  test('head tells the same as get, without content', async () => {
    const { store, key } = fresh(makeStore);
    const written = await store.put(key('a'), utf8('hello'));
    const etag = written.kind === 'written' ? written.etag : '';
    expect(await store.head(key('a'))).toEqual({ kind: 'found', key: key('a'), etag, sizeBytes: 5 });
  });

  test('says missing of what was never written', async () => {
    const { store, key } = fresh(makeStore);
    expect(await store.get(key('nothing'))).toEqual({ kind: 'missing' });
    expect(await store.head(key('nothing'))).toEqual({ kind: 'missing' });
    expect(await store.get(key('nothing'), { offset: 3 })).toEqual({ kind: 'missing' });
    expect(await store.get(key('nothing'), { offset: 0, length: 0 })).toEqual({ kind: 'missing' });
  });

  test('keeps an empty object', async () => {
    const { store, key } = fresh(makeStore);
    await store.put(key('empty'), new Uint8Array(0));
    const found = await store.get(key('empty'));
    expect(found).toMatchObject({ kind: 'found', sizeBytes: 0 });
    expect(await textOf(found)).toBe('');
    expect(await store.head(key('empty'))).toMatchObject({ kind: 'found', sizeBytes: 0 });
  });

  test('takes keys with spaces, Unicode and characters that mean something in URLs', async () => {
    const { store, key } = fresh(makeStore);
    for (const name of ['two words.txt', '评论/好.txt', 'a+b=c&d?e#f%20g', '😀', "quote'() [x]*!~@:,$", 'e\u0301']) {
      await store.put(key(name), utf8(name));
      expect(await textOf(await store.get(key(name)))).toBe(name);
      expect((await store.list({ prefix: key(name) })).blobs.map((blob) => blob.key)).toEqual([key(name)]);
    }
  });
}

function describeRanges(makeStore: () => BlobStore): void {
  test.each([
    ['the start', { offset: 0, length: 4 }, '0123'],
    ['the middle', { offset: 3, length: 4 }, '3456'],
    ['one byte', { offset: 9, length: 1 }, '9'],
    ['an open end', { offset: 7 }, '789'],
    ['everything', { offset: 0 }, '0123456789'],
    ['more than there is', { offset: 8, length: 100 }, '89'],
    ['nothing', { offset: 2, length: 0 }, ''],
    ['nothing at the end', { offset: 10 }, ''],
    ['nothing past the end', { offset: 50, length: 3 }, ''],
  ])('a range over %s', async (_, range, content) => {
    const { store, key } = fresh(makeStore);
    await store.put(key('digits'), utf8('0123456789'));
    const found = await store.get(key('digits'), range);
    expect(found).toMatchObject({ kind: 'found', key: key('digits'), sizeBytes: 10 });
    expect(await textOf(found)).toBe(content);
  });

  test('any range of an empty object is empty', async () => {
    const { store, key } = fresh(makeStore);
    await store.put(key('empty'), new Uint8Array(0));
    expect(await textOf(await store.get(key('empty'), { offset: 0 }))).toBe('');
    expect(await textOf(await store.get(key('empty'), { offset: 0, length: 5 }))).toBe('');
  });
}

function describeWriting(makeStore: () => BlobStore): void {
  test('an object written over has the new content and another ETag', async () => {
    const { store, key } = fresh(makeStore);
    const first = await store.put(key('a'), utf8('one'));
    const second = await store.put(key('a'), utf8('two!'));
    expect(first.kind === 'written' && second.kind === 'written' && first.etag !== second.etag).toBe(true);
    expect(await textOf(await store.get(key('a')))).toBe('two!');
  });

  test('keeps what was written although the caller changes the array afterwards', async () => {
    const { store, key } = fresh(makeStore);
    const content = utf8('before');
    await store.put(key('a'), content);
    content.fill(0);
    expect(await textOf(await store.get(key('a')))).toBe('before');
  });

  test('writes exactly the view of a larger buffer', async () => {
    const { store, key } = fresh(makeStore);
    await store.put(key('a'), utf8('xxhelloxx').subarray(2, 7));
    expect(await textOf(await store.get(key('a')))).toBe('hello');
  });
}

function describeConditions(makeStore: () => BlobStore): void {
  test('if-none-match writes where nothing is, and refuses where something is', async () => {
    const { store, key } = fresh(makeStore);
    expect(await store.put(key('a'), utf8('first'), { ifNoneMatch: '*' })).toMatchObject({ kind: 'written' });
    expect(await store.put(key('a'), utf8('second'), { ifNoneMatch: '*' })).toEqual({ kind: 'conflict' });
    expect(await textOf(await store.get(key('a')))).toBe('first');
  });

  test('if-match writes over the version it names, and over no other', async () => {
    const { store, key } = fresh(makeStore);
    const first = await store.put(key('a'), utf8('first'));
    const etag = first.kind === 'written' ? first.etag : '';
    expect(await store.put(key('a'), utf8('second'), { ifMatch: etag })).toMatchObject({ kind: 'written' });
    expect(await store.put(key('a'), utf8('third'), { ifMatch: etag })).toEqual({ kind: 'conflict' });
    expect(await textOf(await store.get(key('a')))).toBe('second');
  });

  test('if-match where nothing is is a conflict', async () => {
    const { store, key } = fresh(makeStore);
    const condition = { ifMatch: '0123456789abcdef0123456789abcdef' };
    expect(await store.put(key('a'), utf8('x'), condition)).toEqual({ kind: 'conflict' });
    expect(await store.head(key('a'))).toEqual({ kind: 'missing' });
  });

  test('of many writers that create the same object at once exactly one wins', async () => {
    const { store, key } = fresh(makeStore);
    const writers = Array.from({ length: 8 }, (_, i) => `writer ${i}`);
    const put = (text: string) => store.put(key('a'), utf8(text), { ifNoneMatch: '*' });
    const results = await Promise.all(writers.map(put));
    const winners = writers.filter((_, i) => results[i]?.kind === 'written');
    expect(results.filter((result) => result.kind === 'conflict')).toHaveLength(7);
    expect(winners).toEqual([await textOf(await store.get(key('a')))]);
  });

  test('of two writers that replace the same version at once exactly one wins', async () => {
    const { store, key } = fresh(makeStore);
    const first = await store.put(key('a'), utf8('first'));
    const condition = { ifMatch: first.kind === 'written' ? first.etag : '' };
    const put = (text: string) => store.put(key('a'), utf8(text), condition);
    const results = await Promise.all([put('left'), put('right')]);
    expect(results.map((result) => result.kind).sort()).toEqual(['conflict', 'written']);
    const winner = results[0].kind === 'written' ? 'left' : 'right';
    expect(await textOf(await store.get(key('a')))).toBe(winner);
  });
}

function describeStreams(makeStore: () => BlobStore): void {
  test('streams 20 MB up and down, byte for byte', async () => {
    const { store, key } = fresh(makeStore);
    const written = await store.put(key('large'), { stream: patternStream(LARGE_BYTES), sizeBytes: LARGE_BYTES });
    expect(written.kind).toBe('written');
    const found = await store.get(key('large'));
    expect(found).toMatchObject({ kind: 'found', sizeBytes: LARGE_BYTES });
    const content = found.kind === 'found' ? await checkPattern(found.body) : undefined;
    expect(content).toEqual({ sizeBytes: LARGE_BYTES, firstWrongByte: -1 });
  });

  test('a condition holds for streams too', async () => {
    const { store, key } = fresh(makeStore);
    await store.put(key('a'), utf8('first'));
    const body = { stream: patternStream(300_000), sizeBytes: 300_000 };
    expect(await store.put(key('a'), body, { ifNoneMatch: '*' })).toEqual({ kind: 'conflict' });
    expect(await textOf(await store.get(key('a')))).toBe('first');
  });

  test('an empty stream makes an empty object', async () => {
    const { store, key } = fresh(makeStore);
    await store.put(key('empty'), { stream: patternStream(0), sizeBytes: 0 });
    expect(await store.head(key('empty'))).toMatchObject({ kind: 'found', sizeBytes: 0 });
  });

  test.each([
    ['that breaks', () => breakingStream(100_000)],
    ['shorter than stated', () => patternStream(100_000)],
    ['longer than stated', () => patternStream(300_000)],
  ])('a stream %s fails and leaves nothing behind', async (_, stream) => {
    const { store, key } = fresh(makeStore);
    const put = store.put(key('broken'), { stream: stream(), sizeBytes: 200_000 });
    await expect(put).rejects.toBeInstanceOf(StorageError);
    expect(await store.head(key('broken'))).toEqual({ kind: 'missing' });
  });
}

function describeListing(makeStore: () => BlobStore): void {
  test('lists only what begins with the prefix, with sizes and ETags', async () => {
    const { store, key } = fresh(makeStore);
    const written = await store.put(key('in/a'), utf8('hello'));
    await store.put(key('out/b'), utf8('x'));
    const etag = written.kind === 'written' ? written.etag : '';
    expect(await store.list({ prefix: key('in/') })).toEqual({
      blobs: [{ key: key('in/a'), etag, sizeBytes: 5 }],
      folders: [],
    });
  });

  test('an unknown prefix gives an empty page', async () => {
    const { store, key } = fresh(makeStore);
    expect(await store.list({ prefix: key('nothing/') })).toEqual({ blobs: [], folders: [] });
  });

  test('lists in code-point order', async () => {
    const { store, key } = fresh(makeStore);
    const names = ['-', '0', 'A', 'a', 'a/b', 'é', '中', '\uff5e', '😀'];
    await putAll(store, names.toReversed().map(key));
    const page = await store.list({ prefix: key('') });
    expect(page.blobs.map((blob) => blob.key)).toEqual(names.map(key));
  });

  test('pages give each key once, and end', async () => {
    const { store, key } = fresh(makeStore);
    const keys = Array.from({ length: 7 }, (_, i) => key(`k${i}`));
    await putAll(store, keys);
    const pages = await allPages(store, { prefix: key(''), limit: 3 });
    expect(pages.flatMap((page) => page.keys)).toEqual(keys);
    expect(Math.max(...pages.map((page) => page.keys.length))).toBeLessThanOrEqual(3);
    expect(pages.length).toBeGreaterThanOrEqual(3);
  });

  test('keys beyond the delimiter fold into folders', async () => {
    const { store, key } = fresh(makeStore);
    await putAll(store, ['a', 'b/1', 'b/2', 'b/c/3', 'd', 'e/4'].map(key));
    const page = await store.list({ prefix: key(''), delimiter: '/' });
    expect(page.blobs.map((blob) => blob.key)).toEqual(['a', 'd'].map(key));
    expect(page.folders).toEqual(['b/', 'e/'].map(key));
    expect(page.cursor).toBeUndefined();
  });

  test('pages with a delimiter give each folder once', async () => {
    const { store, key } = fresh(makeStore);
    await putAll(store, ['a', 'b/1', 'b/2', 'c', 'd/1', 'd/2', 'e'].map(key));
    const pages = await allPages(store, { prefix: key(''), delimiter: '/', limit: 2 });
    expect(pages.flatMap((page) => page.folders)).toEqual(['b/', 'd/'].map(key));
    expect(pages.flatMap((page) => page.keys)).toEqual(['a', 'c', 'e'].map(key));
  });
}

function describeDeleting(makeStore: () => BlobStore): void {
  test('what is deleted is gone, and can be created anew', async () => {
    const { store, key } = fresh(makeStore);
    await store.put(key('a'), utf8('old'));
    await store.delete(key('a'));
    expect(await store.get(key('a'))).toEqual({ kind: 'missing' });
    expect((await store.list({ prefix: key('') })).blobs).toEqual([]);
    expect(await store.put(key('a'), utf8('new'), { ifNoneMatch: '*' })).toMatchObject({ kind: 'written' });
  });

  test('deleting what is not there is fine', async () => {
    const { store, key } = fresh(makeStore);
    await expect(store.delete(key('never'))).resolves.toBeUndefined();
  });
}

function fresh(makeStore: () => BlobStore): { store: BlobStore; key: (name: string) => string } {
  const prefix = `contract/${++prefixCount}/`;
  return { store: makeStore(), key: (name) => prefix + name };
}

async function textOf(answer: Awaited<ReturnType<BlobStore['get']>>): Promise<string> {
  if (answer.kind === 'missing') throw new Error('nothing is there');
  return new TextDecoder().decode(await answer.bytes());
}

async function putAll(store: BlobStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await store.put(key, utf8(key));
}

interface KeysOfPage {
  readonly keys: readonly string[];
  readonly folders: readonly string[];
}

async function allPages(store: BlobStore, query: ListQuery): Promise<KeysOfPage[]> {
  const pages: KeysOfPage[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(cursor === undefined ? query : { ...query, cursor });
    pages.push({ keys: page.blobs.map((blob) => blob.key), folders: page.folders });
    cursor = page.cursor;
  } while (cursor !== undefined && pages.length < 20);
  return pages;
}
