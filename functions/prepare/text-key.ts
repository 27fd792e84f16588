/**
 * The key by which two texts are the same, as the trainer's cleaning says it: compatibility composition (NFKC), case folded, letters and
 * digits only; a text without any is its own key.
 */
export function textKey(text: string): string {
  // Upper case first folds what lower case alone leaves apart: ß and ss, the two small sigmas.
  const folded = text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
  return folded.replace(/[^\p{L}\p{N}]+/gu, '') || folded.trim();
}
