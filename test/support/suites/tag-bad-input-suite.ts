import { expect, test } from 'vitest';
import { MAX_MULTIPART_BYTES } from '../../../functions/tag/contract.ts';
import { MAX_IMAGE_BYTES } from '../../../shared/image/read-image.ts';
import { fixture } from '../image-fixtures.ts';
import { seedPack } from '../seed-store.ts';
import { bearer, jsonOf, KEYS, post, postBytes, problemOf, type UseServer } from '../test-server.ts';
import { PREPROCESSOR, tinyImagePack } from '../tiny-image-pack.ts';
import { ascii, bombPng, join, lyingPng, paintPng, pngChunk, tinyGif } from '../tiny-images.ts';
import { tinyJpeg } from '../tiny-jpeg.ts';
import { tinyPack, withManifest } from '../tiny-pack.ts';
import { utf8 } from '../utf8.ts';

const GOOD = paintPng(8, 8, () => [255, 0, 0]);
const JPEG = fixture('jpeg-baseline');
const ZIP = join([[0x50, 0x4b, 0x03, 0x04], new Array<number>(60).fill(7)]);

/** Contents that are no picture, each with its status and what the problem says. */
const BAD: readonly (readonly [title: string, status: number, bytes: Uint8Array<ArrayBuffer>, words: string])[] = [
  ['zero bytes', 422, new Uint8Array(), 'no bytes'],
  ['a ZIP named .jpg', 415, ZIP, 'a ZIP archive'],
  ['an SVG', 415, utf8('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'), 'an SVG drawing'],
  ['an HTML page', 415, utf8('<!doctype html><p>not found</p>'), 'HTML'],
  ['a PDF', 415, utf8('%PDF-1.7 …'), 'a PDF document'],
  ['a TIFF', 415, fixture('tiff'), 'a TIFF image'],
  ['plain text', 415, utf8('hello'), 'not an image'],
  ['an animated WebP', 415, fixture('webp-animated'), 'animated'],
  ['a JPEG cut in half', 422, JPEG.slice(0, JPEG.length / 2), 'cut short'],
  ['a JPEG without its last two bytes', 422, JPEG.slice(0, -2), 'cut short'],
  ['a JPEG of three bytes', 422, JPEG.slice(0, 3), 'cut short'],
  ['a JPEG of markers alone', 422, new Uint8Array([0xff, 0xd8, 0xff, 0xd9]), 'no picture'],
  ['a JPEG of noise between its markers', 422, noisyJpeg(), ''],
  ['a PNG cut in half', 422, GOOD.slice(0, GOOD.length / 2), 'cut short'],
  ['a PNG without its end', 422, GOOD.slice(0, -12), 'cut short'],
  ['a PNG with too few data', 422, lyingPng(40, 40), 'end too soon'],
  ['a PNG of no width', 422, lyingPng(0, 10), '0 × 10'],
  ['a PNG whose data are noise', 422, noisyPng(), 'damaged'],
  ['a WebP cut short', 422, fixture('webp-lossy').slice(0, -6), 'cut short'],
  ['a GIF cut short', 422, tinyGif(4, 4, [0, 0xffffff], [new Array<number>(16).fill(0)]).slice(0, 24), 'cut short'],
  ['a PNG that claims 60,000 × 60,000', 413, lyingPng(60_000, 60_000), '60000 × 60000'],
  ['a PNG that claims 4 thousand million in each direction', 413, lyingPng(0xffffffff, 0xffffffff), 'limit is'],
  ['a PNG of one row of a million pixels', 413, lyingPng(1_000_000, 1), 'limit of a side'],
  ['a WebP too large for its decoder', 413, lyingWebp(8000, 4000), 'bytes of memory'],
  ['a WebP whose canvas hides the size of its picture', 422, webpWithCanvas(4, 4), 'another size'],
  ['a JPEG of a thousand scans', 415, manyScans(), '1001 scans'],
  ['a JPEG with two sizes', 422, twoFrames(), 'damaged'],
];

/** Pictures that can't be served: each a problem document with the limit or the damage, and the next request is answered. */
export function describeTagBadInput(useServer: UseServer): void {
  const send = (init: RequestInit, query = 'model=paint') => useServer().fetch(`/v1/tag?${query}`, init);
  const works = async () =>
    expect(await jsonOf(await send(postBytes(GOOD)))).toMatchObject({ tags: [{ label: 'red' }, {}, {}] });

  test.each(BAD)('%s', async (_, status, bytes, words) => {
    const problem = await problemOf(await send(postBytes(bytes, { 'content-type': 'image/jpeg' })), status);
    expect(problem.detail).toContain(words);
    await works();
  });

  test('a decompression bomb is read as far as the picture goes and no further', async () => {
    const answer = await jsonOf(await send(postBytes(bombPng(64 * 2 ** 20))));
    expect(answer).toMatchObject({ image: { width: 4, height: 4, brightness: 0 } });
  });

  test('a body over the limit is refused by its length, with the limit', async () => {
    const problem = await problemOf(await send(postBytes(new Uint8Array(MAX_IMAGE_BYTES + 1))), 413);
    expect(problem.limitBytes).toBe(MAX_IMAGE_BYTES);
    const data = new FormData();
    data.append('images', new File([new Uint8Array(MAX_MULTIPART_BYTES)], 'a.png'));
    const form = await send({ method: 'POST', headers: bearer(KEYS.all), body: data });
    expect((await problemOf(form, 413)).limitBytes).toBe(MAX_MULTIPART_BYTES);
  });

  test('a stored object over the limit is refused before it is read', async () => {
    await useServer().store.put('tenants/acme/images/huge.png', new Uint8Array(MAX_IMAGE_BYTES + 1));
    const request = post({ image: { key: 'huge.png' }, model: 'paint' });
    expect((await problemOf(await send(request, ''), 413)).limitBytes).toBe(MAX_IMAGE_BYTES);
  });

  test.each([
    ['no model is named', '', ['model']],
    ['topK is 0', 'model=paint&topK=0', ['topK']],
    ['topK is empty', 'model=paint&topK=', ['topK']],
    ['threshold is over 1', 'model=paint&threshold=1.5', ['threshold']],
    ['embed is neither true nor false', 'model=paint&embed=yes', ['embed']],
    ['a parameter is not known', 'model=paint&topk=3', ['query']],
  ])('when %s, the problem names it', async (_, query, pointers) => {
    const problem = await problemOf(await send(postBytes(GOOD), query), 422);
    expect(problem.errors?.map((error) => error.pointer)).toEqual(pointers);
  });

  test.each([
    ['the image is missing', { model: 'paint' }, ['image']],
    ['the image is a number', { image: 7, model: 'paint' }, ['image']],
    ['the image is not base64', { image: 'data:image/png;base64,xyz', model: 'paint' }, ['image']],
    ['an address is given', { image: { url: 'https://example.com/a.png' }, model: 'paint' }, ['image.key', 'image']],
    ['a field is not known', { image: 'AAAA', model: 'paint', topk: 3 }, ['body']],
  ])('when %s, the problem names the field', async (_, body, pointers) => {
    const problem = await problemOf(await send(post(body), ''), 422);
    expect(problem.errors?.map((error) => error.pointer)).toEqual(pointers);
  });

  test('forms that are none, or have no pictures, or strange parts', async () => {
    const broken = postBytes('no form', { 'content-type': 'multipart/form-data; boundary=x' });
    expect((await problemOf(await send(broken), 400)).detail).toContain('multipart');
    const form = (name: string, value: string | File) => {
      const data = new FormData();
      data.append(name, value);
      return { method: 'POST', headers: bearer(KEYS.all), body: data };
    };
    expect((await problemOf(await send(form('topK', '2')), 422)).errors?.[0]?.pointer).toBe('image');
    expect((await problemOf(await send(form('photo', new File([GOOD], 'a'))), 422)).errors?.[0]?.pointer).toBe('photo');
    expect((await problemOf(await send(form('colour', 'red')), 422)).detail).toContain('colour');
  });

  test('a model for texts is told apart, and a classifier for pictures from one for texts: 422, what it is made for', async () => {
    const forTexts = await problemOf(await send(postBytes(GOOD), 'model=mood'), 422);
    expect(forTexts.detail).toContain('made for text-classification');
    expect(forTexts.errors?.[0]?.pointer).toBe('model');
    const classify = await useServer().fetch('/v1/classify', post({ inputs: 'good', model: 'paint' }));
    expect((await problemOf(classify, 422)).detail).toContain('made for image-classification');
    expect((await problemOf(await send(postBytes(GOOD), 'model=nothing'), 404)).detail).toContain('"nothing"');
  });

  test.each([
    ['its preprocessor has no crop size', { ...PREPROCESSOR, size: { shortest_edge: 4 } }, {}, 'crop_size'],
    ['its preprocessor does not resize', { ...PREPROCESSOR, do_resize: false }, {}, 'do_resize'],
    ['its graph has another size', { ...PREPROCESSOR, size: { height: 8, width: 4 } }, {}, '[batch, 3, 8, 4]'],
    ['its logits do not fit its labels', PREPROCESSOR, { labels: ['red'] }, '3 logits for 1 labels'],
    ['its output is not there', PREPROCESSOR, { output: 'logits_kind' }, 'logits_kind'],
  ])('a pack says so when %s', async (title, preprocessor, head, words) => {
    const name = title.replace(/[^a-z]+/g, '-');
    const pack = await tinyImagePack({ name, preprocessor });
    const heads = [{ ...pack.manifest.heads?.[0], ...head }];
    await seedPack(useServer().store, withManifest(pack, { heads }));
    expect((await problemOf(await send(postBytes(GOOD), `model=${name}`), 500)).detail).toContain(words);
    await works();
  });

  test('a pack without a section for images is no image classifier', async () => {
    const pack = await tinyPack({ name: 'no-image-section' });
    await seedPack(useServer().store, withManifest(pack, { task: 'image-classification' }));
    const problem = await problemOf(await send(postBytes(GOOD), 'model=no-image-section'), 500);
    expect(problem.detail).toContain('lacks labels or a preprocessor');
  });
}

/** A whole JPEG by its markers, whose tables are damaged. */
function noisyJpeg(): Uint8Array<ArrayBuffer> {
  const bytes = tinyJpeg(64, 64, (column) => [column * 20, 128, 128]);
  const tables = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc4);
  return bytes.fill(0xee, tables + 5, tables + 20);
}

/** The scan header and the data of a JPEG once more and more often. */
function manyScans(): Uint8Array<ArrayBuffer> {
  const bytes = tinyJpeg(8, 8, () => [128, 128, 128]);
  const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  const body = bytes.slice(scan, -2);
  return join([bytes.slice(0, -2), ...new Array<Uint8Array>(1000).fill(body), [0xff, 0xd9]]);
}

/** A second frame header with other sides behind the first. */
function twoFrames(): Uint8Array<ArrayBuffer> {
  const bytes = tinyJpeg(8, 8, () => [128, 128, 128]);
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  const second = bytes.slice(frame, frame + 19);
  second[5] = 0xff;
  return join([bytes.slice(0, frame + 19), second, bytes.slice(frame + 19)]);
}

function noisyPng(): Uint8Array<ArrayBuffer> {
  return join([GOOD.slice(0, 33), pngChunk('IDAT', new Array<number>(50).fill(0x99)), pngChunk('IEND', [])]);
}

/** A WebP whose bitstream claims this size (RFC 6386, 9.1: 14 bits each after the start code), up to 16,383. */
function lyingWebp(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = fixture('webp-lossy');
  const view = new DataView(bytes.buffer);
  view.setUint16(26, width, true);
  view.setUint16(28, height, true);
  return bytes;
}

/** A WebP whose canvas claims another size than its picture has. */
function webpWithCanvas(width: number, height: number): Uint8Array<ArrayBuffer> {
  const little = (value: number, bytes: number) => Array.from({ length: bytes }, (_, i) => (value >> (8 * i)) & 255);
  const picture = fixture('webp-lossy').slice(12);
  const size = [...little(width - 1, 3), ...little(height - 1, 3)];
  const canvas = [...ascii('VP8X'), ...little(10, 4), ...little(0, 4), ...size];
  return join([ascii('RIFF'), little(4 + canvas.length + picture.length, 4), ascii('WEBP'), canvas, picture]);
}
