import type { InferenceSession, TensorInfo } from '../ports/inference-engine.ts';

/** Names of a graph's inputs or outputs with their element types. */
export type Signature = Readonly<Record<string, 'float32' | 'int64'>>;

/** What a graph's inputs and outputs lack or have too much of, or null. Outputs may be more than those named. */
export function findSignatureMisfit(session: InferenceSession, inputs: Signature, outputs: Signature): string | null {
  const extra = session.inputs.find(({ name }) => !Object.hasOwn(inputs, name));
  if (extra) return `its input "${extra.name}" (${extra.type}) is not one of ${Object.keys(inputs).join(', ')}.`;
  return findMissing(session.inputs, inputs, 'input') ?? findMissing(session.outputs, outputs, 'output');
}

function findMissing(found: readonly TensorInfo[], wanted: Signature, what: string): string | null {
  const missing = Object.entries(wanted).find(
    ([name, type]) => !found.some((candidate) => candidate.name === name && candidate.type === type),
  );
  return missing ? `it has no ${missing[1]} ${what} "${missing[0]}".` : null;
}
