import { pythonMissing as moduleMissing, runTrainerOnLines } from './python-trainer.ts';

/** Whether the trainer's Python can encode, or why not. */
export function pythonMissing(): string | null {
  return moduleMissing('tokenizers');
}

/** Token ids of each line by Python's `tokenizers`. JSON keeps line breaks, controls and lone surrogates apart from the transport. */
export function encodeInPython(tokenizerPath: string, lines: readonly string[]): number[][] {
  return runTrainerOnLines(['encode', tokenizerPath], lines) as number[][];
}
