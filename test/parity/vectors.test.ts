import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sha256Hex } from '../../shared/core/hex.ts';
import { createTokenizer } from '../../shared/model/tokenizer.ts';
import { STARTERS } from '../support/starter-packs.ts';

const FOLDER = new URL('vectors/', import.meta.url);

const VectorsSchema = z.object({
  provenance: z.string(),
  tokenizerSha256: z.string(),
  lines: z.array(z.object({ text: z.string(), ids: z.array(z.int()) })).min(200),
});

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const vectors = VectorsSchema.parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  const tokenizerJson = new Uint8Array(readFileSync(`${STARTERS}${file.replace('.json', '')}/tokenizer.json`));

  test('belongs to the tokenizer that ships; otherwise run test/parity/make-vectors.ts', async () => {
    expect(vectors.tokenizerSha256).toBe(await sha256Hex(tokenizerJson));
  });

  test('has the ids that serving gives', () => {
    const tokenizer = createTokenizer(tokenizerJson);
    const different = vectors.lines.filter(
      ({ text, ids }) => tokenizer.encode(text, Number.MAX_SAFE_INTEGER).ids.join() !== ids.join(),
    );
    expect(different).toEqual([]);
  });
});
