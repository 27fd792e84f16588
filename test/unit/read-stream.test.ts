import { describe, expect, test } from 'vitest';
import { readStream, streamOf } from '../../shared/core/read-stream.ts';
import { breakingStream, patternBytes, patternStream } from '../support/byte-streams.ts';

describe('readStream', () => {
  test.each([
    ['right', 10_000],
    ['missing', 0],
    ['too small', 5_000],
    ['too large', 50_000],
  ])('gives all bytes and no more with a size that is %s', async (_, sizeBytes) => {
    expect(await readStream(patternStream(10_000, 777), sizeBytes)).toEqual(patternBytes(10_000));
  });

  test('of an empty stream is empty', async () => {
    expect(await readStream(streamOf(new Uint8Array(0)))).toEqual(new Uint8Array(0));
  });

  test('fails when the stream breaks', async () => {
    await expect(readStream(breakingStream(10), 20)).rejects.toThrow('the source broke');
  });
});
