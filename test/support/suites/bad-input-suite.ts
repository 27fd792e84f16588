import { expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../../functions/classify/contract.ts';
import { patternStream } from '../byte-streams.ts';
import { bearer, jsonOf, KEYS, post, problemOf, type UseServer } from '../test-server.ts';

/** Bodies and names that cannot be served: each a clear problem document, and the next request is answered. */
export function describeBadInput(useServer: UseServer): void {
  const send = (body: BodyInit, headers: Record<string, string> = {}) =>
    useServer().fetch('/v1/classify', {
      method: 'POST',
      headers: { ...bearer(KEYS.all), 'content-type': 'application/json', ...headers },
      body,
    });
  const classify = (body: unknown) => useServer().fetch('/v1/classify', post(body));
  const pointersOf = async (response: Response) =>
    (await problemOf(response, 422)).errors?.map((error) => error.pointer);

  test.each([
    ['is not JSON', '{"inputs": ', 'not valid JSON'],
    ['is empty', '', 'empty'],
    ['is not UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), 'not valid UTF-8'],
    ['ends within a character', new Uint8Array([0x22, 0xe9, 0x80]), 'not valid UTF-8'],
  ])('a body that %s is malformed', async (_, body, word) => {
    const problem = await problemOf(await send(body), 400);
    expect(problem).toMatchObject({ type: 'urn:edgemark:problem:malformed-body' });
    expect(problem.detail).toContain(word);
  });

  test('a body of another media type is refused', async () => {
    const problem = await problemOf(await send('<a/>', { 'content-type': 'application/xml' }), 415);
    expect(problem.detail).toContain('application/xml');
  });

  test.each([
    ['the body is a list', [], ['body']],
    ['the body is null', null, ['body']],
    ['inputs are missing', { model: 'mood' }, ['inputs']],
    ['inputs are a number', { inputs: 7, model: 'mood' }, ['inputs']],
    ['inputs are an empty list', { inputs: [], model: 'mood' }, ['inputs']],
    ['a lone text is empty', { inputs: '', model: 'mood' }, ['inputs']],
    ['a lone row has no text', { inputs: { id: 'a' }, model: 'mood' }, ['inputs.text']],
    ['no model is named', { inputs: 'good' }, ['model']],
    ['model and models are named', { inputs: 'good', model: 'mood', models: ['mood'] }, ['model']],
    ['models are none', { inputs: 'good', models: [] }, ['models']],
    ['models are nine', { inputs: 'good', models: Array.from({ length: 9 }, () => 'mood') }, ['models']],
    ['topK is 0', { inputs: 'good', model: 'mood', topK: 0 }, ['topK']],
    ['topK is a text', { inputs: 'good', model: 'mood', topK: '3' }, ['topK']],
    ['threshold is over 1', { inputs: 'good', model: 'mood', threshold: 1.5 }, ['threshold']],
    ['the model’s name cannot be one', { inputs: 'good', model: 'No Such' }, ['model']],
    ['the selector cannot be one', { inputs: 'good', model: 'mood@' }, ['model']],
    ['the name climbs out of its folder', { inputs: 'good', model: '../keys@1.0.0' }, ['model']],
  ])('when %s, the problem names the field', async (_, body, pointers) => {
    expect(await pointersOf(await classify(body))).toEqual(pointers);
  });

  test('a field that does not exist is refused by its name', async () => {
    const problem = await problemOf(await classify({ inputs: 'good', model: 'mood', treshold: 0.5 }), 422);
    expect(problem.detail).toContain('treshold');
  });

  test('an empty list and 257 inputs are told the limits in words', async () => {
    const problem = await problemOf(await classify({ inputs: [], model: 'mood' }), 422);
    expect(problem.errors?.[0]?.message).toBe('needs at least one text');
    const many = Array.from({ length: 257 }, () => 'good');
    const tooMany = await problemOf(await classify({ inputs: many, model: 'mood' }), 422);
    expect(tooMany.errors).toEqual([{ pointer: 'inputs', message: 'takes at most 256 texts a call' }]);
  });

  test('a text of 1 MB is refused with its length and the limit', async () => {
    const problem = await problemOf(await classify({ inputs: 'good '.repeat(200_000), model: 'mood' }), 422);
    expect(problem.detail).toBe('inputs: the text has 1000000 characters; the limit is 32768');
  });

  test('a body over the limit is refused by its declared length', async () => {
    const body = new Uint8Array(MAX_BODY_BYTES + 1).fill(0x20);
    const problem = await problemOf(await send(body, { 'content-length': String(body.length) }), 413);
    expect(problem.limitBytes).toBe(MAX_BODY_BYTES);
  });

  test('a body over the limit without a declared length is refused while it streams in', async () => {
    const body = patternStream(MAX_BODY_BYTES + 1);
    const init = { method: 'POST', headers: bearer(KEYS.all), body, duplex: 'half' } as const;
    const problem = await problemOf(await useServer().fetch('/v1/classify', init), 413);
    expect(problem.limitBytes).toBe(MAX_BODY_BYTES);
  });

  test.each([
    ['model', 'nothing', '"nothing"'],
    ['version', 'mood@9.9.9', 'version 9.9.9'],
    ['alias', 'mood@nightly', 'alias nightly'],
  ])('an unknown %s is not found', async (_, model, word) => {
    const problem = await problemOf(await classify({ inputs: 'good', model }), 404);
    expect(problem.detail).toContain(word);
  });

  test('one unknown model among several is told, not left out', async () => {
    const problem = await problemOf(await classify({ inputs: 'good', models: ['mood', 'nothing'] }), 404);
    expect(problem.detail).toContain('"nothing"');
  });

  test('after all that, a good request is answered', async () => {
    expect(await jsonOf(await classify({ inputs: 'good', model: 'mood' }))).toMatchObject({ results: [{}] });
  });
}
