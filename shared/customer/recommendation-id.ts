import { randomBase62 } from '../core/crc32-base62.ts';
import { RecommendationIdSchema } from './event.ts';

/** What an id says of the recommendation that it names, so that serving needs no write. */
export interface RecommendationOrigin {
  readonly model: string;
  readonly version: string;
  /** Name of the A/B arm; absent outside an experiment. */
  readonly arm?: string;
  readonly atMs: number;
}

export interface ParsedRecommendationId extends RecommendationOrigin {
  /** Only the version's beginning fitted into the id. */
  readonly isVersionCut: boolean;
}

const MAX_CHARACTERS = 128;
/** 62⁸ values: two recommendations of one millisecond share an id with a chance of 5 · 10⁻¹⁵. */
const RANDOM_DIGITS = 8;
const SEPARATOR = '~';
const WHOLE = 'r1';
const CUT = 'r1c';

/**
 * `r1~time~random~model~version~arm`: time in milliseconds in base 36, `+` of a version as `_`. All characters are unreserved in
 * URLs (RFC 3986, 2.3). Not signed: it says what a sender of events may claim anyway.
 */
export function makeRecommendationId(
  { model, version, arm = '', atMs }: RecommendationOrigin,
  randomBytes: (count: number) => Uint8Array,
): string {
  const time = Math.round(atMs).toString(36);
  const random = randomBase62(RANDOM_DIGITS, randomBytes);
  const safeVersion = version.replaceAll('+', '_');
  const id = [WHOLE, time, random, model, safeVersion, arm].join(SEPARATOR);
  if (id.length <= MAX_CHARACTERS) return id;
  const room = safeVersion.length - (id.length + CUT.length - WHOLE.length - MAX_CHARACTERS);
  return [CUT, time, random, model, safeVersion.slice(0, room), arm].join(SEPARATOR);
}

/** What the id says, or null where it is not one of ours. */
export function parseRecommendationId(id: string): ParsedRecommendationId | null {
  if (!RecommendationIdSchema.safeParse(id).success) return null;
  const [kind, time, random, model, version, arm, ...rest] = id.split(SEPARATOR);
  if ((kind !== WHOLE && kind !== CUT) || !time || !random || !model || !version) return null;
  const atMs = Number.parseInt(time, 36);
  if (arm === undefined || rest.length > 0 || !Number.isSafeInteger(atMs) || atMs.toString(36) !== time) return null;
  return {
    model,
    version: version.replaceAll('_', '+'),
    ...(arm === '' ? {} : { arm }),
    atMs,
    isVersionCut: kind === CUT,
  };
}
