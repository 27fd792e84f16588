import { z } from 'zod';
import document from './fixtures/images.json' with { type: 'json' };

const FixturesSchema = z.object({
  provenance: z.string(),
  width: z.int(),
  height: z.int(),
  readable: z.record(z.string(), z.object({ file: z.string(), rgb: z.string() })),
  unreadable: z.record(z.string(), z.string()),
  large: z.record(z.string(), z.string()),
});

const fixtures = FixturesSchema.parse(document);

/** Size of every readable fixture once it is upright. */
export const FIXTURE_WIDTH = fixtures.width;
export const FIXTURE_HEIGHT = fixtures.height;

export interface ImageFixture {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What Pillow decodes: upright, transparent pixels over white. */
  readonly rgb: Uint8Array<ArrayBuffer>;
}

/** Pictures in forms that tests can't make themselves, see fixtures/make_images.py. */
export const READABLE_FIXTURES: readonly ImageFixture[] = Object.entries(fixtures.readable).map(([name, entry]) => ({
  name,
  bytes: fromBase64(entry.file),
  rgb: fromBase64(entry.rgb),
}));

/** The file of the fixture of this name, of any kind. */
export function fixture(name: string): Uint8Array<ArrayBuffer> {
  const text = fixtures.readable[name]?.file ?? fixtures.unreadable[name] ?? fixtures.large[name];
  if (text === undefined) throw new Error(`there is no fixture ${name}`);
  return fromBase64(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
