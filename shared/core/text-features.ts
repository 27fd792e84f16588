/** Buckets of hashed features; two features of a text of a hundred share one with a chance of 2 %. */
export const FEATURE_BUCKETS = 2 ** 18;

/** Characters of a text that are read. */
const MAX_CHARACTERS = 400;
const GRAM = 3;

/**
 * What a text is compared by: its words, and the character 3-grams of each word with a blank on both sides (so that
 * "mugs" is near to "mug", and texts without blanks are compared at all), each hashed into a bucket; each once. Lower case after
 * Unicode's compatibility composition (NFKC). `tokens` are taken whole: categories, attributes.
 */
export function textFeatures(text: string, tokens: readonly string[] = []): Int32Array {
  const features = new Set<number>();
  const words =
    text
      .slice(0, MAX_CHARACTERS)
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  for (const word of words) {
    features.add(bucketOf('w', word, 0, word.length));
    const padded = ` ${word} `;
    for (let start = 0; start + GRAM <= padded.length; start++) features.add(bucketOf('c', padded, start, GRAM));
  }
  for (const token of tokens) features.add(bucketOf('t', token, 0, token.length));
  return Int32Array.from(features);
}

/** FNV-1a (Fowler, Noll and Vo) over the UTF-16 units of the kind and of a part of the text. */
function bucketOf(kind: string, text: string, start: number, length: number): number {
  let hash = Math.imul(0x811c9dc5 ^ kind.charCodeAt(0), 0x01000193);
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 18)) & (FEATURE_BUCKETS - 1);
}
