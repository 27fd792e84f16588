import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';

/** Token ids of one text, cut to the pack's limit. */
export interface EncodedText {
  readonly ids: readonly number[];
  readonly truncated: boolean;
}

export interface Tokenizer {
  /** Ids in order, at most `maxTokens` (the first ones are kept). */
  encode(text: string, maxTokens: number): EncodedText;
}

/** Reads a Hugging Face `tokenizer.json`; throws when its parts are unknown to the library. */
export function createTokenizer(tokenizerJson: Uint8Array): Tokenizer {
  const definition: object = JSON.parse(new TextDecoder().decode(tokenizerJson));
  const tokenizer = new HuggingFaceTokenizer(definition, {});
  return {
    encode(text, maxTokens) {
      // Lone surrogates become U+FFFD, as in every UTF-8 text that the pack was trained on.
      const { ids } = tokenizer.encode(text.toWellFormed());
      return ids.length > maxTokens ? { ids: ids.slice(0, maxTokens), truncated: true } : { ids, truncated: false };
    },
  };
}
