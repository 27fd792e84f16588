import { InferenceClient } from '@huggingface/inference';
import { expect, test } from 'vitest';
import {
  HuggingFaceAnswerSchema,
  TagBatchResponseSchema,
  type TagResponse,
  TagResponseSchema,
} from '../../../functions/tag/contract.ts';
import { fixture } from '../image-fixtures.ts';
import { bearer, jsonOf, KEYS, post, postBytes, problemOf, type UseServer } from '../test-server.ts';
import { paintPng, tinyGif } from '../tiny-images.ts';
import { tinyJpeg } from '../tiny-jpeg.ts';
import { errorOf } from './hugging-face-suite.ts';

/** softmax([4, 0, 0]) worked out by hand: e^4 over e^4 + 2. */
const RED = 0.964663155673;
const NOT_RED = 0.017668422164;
/** softmax([3, 2]): e over e + 1. */
const DARK = 0.73105857863;

const RED_PNG = paintPng(8, 8, () => [255, 0, 0]);
const GREY_PNG = paintPng(8, 8, () => [128, 128, 128]);

/** What `POST /v1/tag` answers, with exact scores. */
export function describeTag(useServer: UseServer): void {
  const send = (init: RequestInit, query = 'model=paint') => useServer().fetch(`/v1/tag?${query}`, init);
  const tag = async (bytes: Uint8Array<ArrayBuffer>, query = 'model=paint'): Promise<TagResponse> =>
    TagResponseSchema.parse(await jsonOf(await send(postBytes(bytes), query)));
  const form = (...parts: readonly (readonly [string, string | File])[]) => {
    const data = new FormData();
    for (const [name, value] of parts) data.append(name, value);
    return { method: 'POST', headers: bearer(KEYS.all), body: data };
  };
  const file = (bytes: Uint8Array<ArrayBuffer>, name: string) => new File([bytes], name);

  test('a bare picture gets its tags, best first, and says what it is like', async () => {
    const answer = await tag(RED_PNG);
    expect(answer.model).toEqual({ name: 'paint', version: '1.0.0' });
    expect(answer.tags).toEqual([
      { label: 'red', score: expect.closeTo(RED, 6), attribute: 'colour' },
      { label: 'green', score: expect.closeTo(NOT_RED, 6), attribute: 'colour' },
      { label: 'blue', score: expect.closeTo(NOT_RED, 6), attribute: 'colour' },
    ]);
    expect(answer.image).toEqual({
      width: 8,
      height: 8,
      format: 'png',
      orientationApplied: 1,
      dominantColours: [{ name: 'red', hex: '#ff0000', share: 1 }],
      brightness: 0.298,
      sharpness: 0,
      perceptualHash: '8000000000000000',
    });
    expect(answer).not.toHaveProperty('embedding');
  });

  test('the content says what it is, whatever the header claims', async () => {
    const asPng = postBytes(fixture('webp-lossy'), { 'content-type': 'image/png' });
    expect(TagResponseSchema.parse(await jsonOf(await send(asPng))).image.format).toBe('webp');
    const unnamed = postBytes(RED_PNG, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(TagResponseSchema.parse(await jsonOf(await send(unnamed))).image.format).toBe('png');
  });

  test.each([
    ['jpeg-baseline', 'jpeg'],
    ['jpeg-progressive', 'jpeg'],
    ['jpeg-grey', 'jpeg'],
    ['jpeg-cmyk', 'jpeg'],
    ['webp-lossy', 'webp'],
    ['webp-lossless-alpha', 'webp'],
    ['png-palette-alpha', 'png'],
  ])('%s is read', async (name, format) => {
    const { image } = await tag(fixture(name));
    expect(image).toMatchObject({ width: 24, height: 16, format, orientationApplied: 1 });
    if (name === 'jpeg-grey') {
      expect(image.dominantColours.every((colour) => ['black', 'grey', 'white'].includes(colour.name))).toBe(true);
    }
  });

  test('a GIF is read by its first picture', async () => {
    const { tags } = await tag(tinyGif(4, 4, [0xff0000, 0x0000ff], [new Array(16).fill(0), new Array(16).fill(1)]));
    expect(tags[0]?.label).toBe('red');
  });

  test('a picture lying on its side is turned first, and its upright size told', async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { image } = await tag(fixture(`jpeg-orientation-${orientation}`));
      expect(image).toMatchObject({ width: 24, height: 16, orientationApplied: orientation });
    }
    const { format: png, ...inPng } = (await tag(fixture('png-orientation-6'))).image;
    const { format: webp, ...inWebp } = (await tag(fixture('webp-orientation-6'))).image;
    expect([png, webp, inPng.orientationApplied]).toEqual(['png', 'webp', 6]);
    expect(inPng).toEqual(inWebp);
  });

  test('photographs of 12 megapixels are answered, baseline and progressive', async () => {
    const { image } = await tag(tinyJpeg(4000, 3000, () => [90, 128, 128]));
    expect(image).toMatchObject({ width: 4000, height: 3000, brightness: 0.3529 });
    expect((await tag(fixture('jpeg-12-megapixels-progressive'))).image.width).toBe(4000);
  });

  test('eight of them at once', async () => {
    const bytes = fixture('jpeg-12-megapixels-progressive');
    const answers = await Promise.all(Array.from({ length: 8 }, () => tag(bytes)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.tags))).size).toBe(1);
  });

  test('a picture of nothing that the head knows is other, with what is missing to certainty', async () => {
    const { tags } = await tag(GREY_PNG);
    expect(tags).toEqual([{ label: 'other', score: expect.closeTo(2 / 3, 6), attribute: 'colour' }]);
    expect((await tag(GREY_PNG, 'model=paint&threshold=0.9')).tags).toEqual([]);
  });

  test('topK cuts each attribute and threshold drops tags below it', async () => {
    expect((await tag(RED_PNG, 'model=paint&topK=1')).tags.map(({ label }) => label)).toEqual(['red']);
    expect((await tag(RED_PNG, 'model=paint&threshold=0.5')).tags.map(({ label }) => label)).toEqual(['red']);
    expect((await tag(RED_PNG, 'model=paint-and-light&topK=1')).tags).toEqual([
      { label: 'red', score: expect.closeTo(RED, 6), attribute: 'colour' },
      { label: 'dark', score: expect.closeTo(DARK, 6), attribute: 'light' },
    ]);
  });

  test('a pack of plain labels gives tags without an attribute', async () => {
    const { tags } = await tag(RED_PNG, 'model=plain-paint&topK=1');
    expect(tags).toEqual([{ label: 'red', score: expect.closeTo(RED, 6) }]);
  });

  test("embed adds the picture's vector of length 1, of packs that have one", async () => {
    const { embedding } = await tag(RED_PNG, 'model=paint-and-light&embed=true');
    expect(embedding).toEqual([1, 0, 0]);
    const problem = await problemOf(await send(postBytes(RED_PNG), 'model=paint&embed=true'), 422);
    expect(problem.errors?.[0]?.pointer).toBe('embed');
  });

  test('JSON carries the file in base64, with its own parameters', async () => {
    const image = btoa(String.fromCharCode(...RED_PNG));
    const answer = TagResponseSchema.parse(await jsonOf(await send(post({ image, model: 'paint', topK: 1 }), '')));
    expect(answer.tags.map(({ label }) => label)).toEqual(['red']);
    const unnamed = postBytes(JSON.stringify({ image, model: 'paint' }), {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(TagResponseSchema.parse(await jsonOf(await send(unnamed, ''))).tags).toHaveLength(3);
  });

  test("a key names an object among the tenant's own images, and reaches no other's", async () => {
    await useServer().store.put('tenants/acme/images/shoes/red.png', RED_PNG);
    await useServer().store.put('tenants/other/images/secret.png', RED_PNG);
    for (const key of ['shoes/red.png', 'tenants/acme/images/shoes/red.png']) {
      const answer = await jsonOf(await send(post({ image: { key }, model: 'paint', topK: 1 }), ''));
      expect(answer).toMatchObject({ tags: [{ label: 'red' }] });
    }
    for (const key of ['secret.png', 'tenants/other/images/secret.png']) {
      const problem = await problemOf(await send(post({ image: { key }, model: 'paint' }), ''), 404);
      expect(problem.detail).toContain('tenants/acme/images/');
    }
    for (const key of ['../../other/images/secret.png', 'a//b.png', '/secret.png', './secret.png', '']) {
      await problemOf(await send(post({ image: { key }, model: 'paint' }), ''), 422);
    }
  });

  test('a form with one part `image` is answered like a bare picture', async () => {
    const answer = await jsonOf(
      await send(form(['image', file(RED_PNG, 'a.png')], ['model', 'paint'], ['topK', '1']), ''),
    );
    expect(TagResponseSchema.parse(answer).tags.map(({ label }) => label)).toEqual(['red']);
  });

  test('parts `images` are answered one by one, in their order; a bad one fails no other', async () => {
    const parts = [
      ['images', file(RED_PNG, 'red.png')],
      ['images', file(new Uint8Array([1, 2, 3]), 'bad.png')],
      [
        'images',
        file(
          paintPng(4, 4, () => [0, 0, 255]),
          'blue.png',
        ),
      ],
    ] as const;
    const answer = await jsonOf(await send(form(...parts), 'model=paint&topK=1'));
    const { results, requestId } = TagBatchResponseSchema.parse(answer);
    expect(results.map(({ name, tags }) => [name, tags?.[0]?.label])).toEqual([
      ['red.png', 'red'],
      ['bad.png', undefined],
      ['blue.png', 'blue'],
    ]);
    expect(results[1]?.error).toMatchObject({ status: 415, requestId });
    const one = TagBatchResponseSchema.parse(await jsonOf(await send(form(parts[0]), 'model=paint')));
    expect(one.results).toHaveLength(1);
  });

  test('16 pictures are answered in one call, 17 are refused', async () => {
    const parts = Array.from({ length: 17 }, (_, i) => ['images', file(RED_PNG, `${i}.png`)] as const);
    const { results } = TagBatchResponseSchema.parse(
      await jsonOf(await send(form(...parts.slice(0, 16)), 'model=paint')),
    );
    expect(results.map(({ tags }) => tags?.[0]?.label)).toEqual(new Array(16).fill('red'));
    const problem = await problemOf(await send(form(...parts), 'model=paint'), 422);
    expect(problem.detail).toContain('16');
  });

  test('a version that is named after an @ answers', async () => {
    expect((await tag(RED_PNG, 'model=paint@1.0.0')).model.version).toBe('1.0.0');
  });

  test('the Hugging Face shape is a flat list, best first', async () => {
    const call = async (model: string, init: RequestInit) =>
      HuggingFaceAnswerSchema.parse(await jsonOf(await useServer().fetch(`/hf/image-classification/${model}`, init)));
    expect(await call('paint', postBytes(RED_PNG))).toEqual([
      { label: 'red', score: expect.closeTo(RED, 6) },
      { label: 'green', score: expect.closeTo(NOT_RED, 6) },
      { label: 'blue', score: expect.closeTo(NOT_RED, 6) },
    ]);
    const inputs = btoa(String.fromCharCode(...RED_PNG));
    expect(await call('paint', post({ inputs, parameters: { top_k: 1 } }))).toHaveLength(1);
    const labels = (await call('paint-and-light', postBytes(RED_PNG))).map(({ label }) => label);
    expect(labels.slice(0, 2)).toEqual(['colour: red', 'light: dark']);
  });

  test('the real Hugging Face client gets its labels by a changed URL', async () => {
    const endpointUrl = 'https://edgemark.test/hf/image-classification/paint';
    const throughServer = (input: RequestInfo | URL, init?: RequestInit) =>
      useServer().fetch(new URL(input instanceof Request ? input.url : input).pathname, init);
    const client = new InferenceClient(KEYS.all, { endpointUrl, fetch: throughServer });
    const labels = await client.imageClassification({ data: new Blob([RED_PNG]) });
    expect(labels.map(({ label }) => label)).toEqual(['red', 'green', 'blue']);
    expect(labels[0]?.score).toBeCloseTo(RED, 6);
    const stranger = new InferenceClient('em_nobody_knows_me', { endpointUrl, fetch: throughServer });
    await expect(stranger.imageClassification({ data: new Blob([RED_PNG]) })).rejects.toThrow();
  });

  test('the Hugging Face shape tells failures as {"error"}', async () => {
    const call = (model: string, init: RequestInit) => useServer().fetch(`/hf/image-classification/${model}`, init);
    expect(await errorOf(await call('nothing', postBytes(RED_PNG)), 404)).toContain('"nothing"');
    expect(await errorOf(await call('paint', postBytes(new Uint8Array([1, 2, 3]))), 415)).toContain('JPEG');
    expect(await errorOf(await call('paint', postBytes(RED_PNG, {}, null)), 401)).toContain('key');
  });
}
