import type { Result } from '../core/result.ts';

/** Element types of tensors, by ONNX Runtime's names. */
export type TensorElementType =
  | 'float32'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense tensor: `data` in row-major order, as many elements as the product of `shape`. */
export interface Tensor {
  readonly type: TensorElementType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a model says of one of its inputs or outputs; a text dimension may have any length. */
export interface TensorInfo {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** Runs ONNX models. */
export interface InferenceEngine {
  /** Creates a session. A graph that can't run (unknown operator, broken file) is an expected failure, told in words. */
  load(model: Uint8Array): Promise<Result<InferenceSession, { readonly reason: string }>>;
  /** Bytes of memory the engine holds at this moment. It never shrinks while the process lives. */
  heapBytes(): number;
}

/** The session was released, such as by a cache that needed its memory: load the model again. */
export class SessionReleasedError extends Error {
  override readonly name = 'SessionReleasedError';
}

export interface InferenceSession {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** One run. Feeds must name every input; throws when the graph rejects them, `SessionReleasedError` after `release`. Without `outputNames`, all outputs are computed. */
  run(feeds: Readonly<Record<string, Tensor>>, outputNames?: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}
