import { readFields, type WireField } from '../../core/protobuf-reader.ts';
import { concat, message } from '../../core/protobuf-writer.ts';

/** Fields of ONNX's messages (onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_NAME = 8;
const TENSOR_RAW_DATA = 9;
const TENSOR_EXTERNAL_DATA = 13;
const TENSOR_DATA_LOCATION = 14;
const EXTERNAL = 1;
const ENTRY_KEY = 1;
const ENTRY_VALUE = 2;

/** Smaller weights stay where they are. */
const LEAST_BYTES = 4_096;

/** A model without its large weights, which lie in the bytes that it was made from. */
export interface SlimModel {
  readonly model: Uint8Array;
  /** The name under which the runtime must find the original bytes; null where all weights are in `model`. */
  readonly location: string | null;
}

/**
 * The same ONNX model with each large initializer pointing into `model` itself, as if that were its file of external data. ONNX Runtime
 * copies such weights once, straight to their tensors; of a model that holds its weights it keeps three copies while it loads, in
 * WebAssembly memory that is never given back. What is no ONNX model comes back as it is: the runtime says what is wrong with it.
 */
export function withExternalWeights(model: Uint8Array, location = 'weights'): SlimModel {
  try {
    const slim = rewrite(model, 0, model.length, MODEL_GRAPH, (graph) =>
      nested(MODEL_GRAPH, rewriteGraph(model, graph, location)),
    );
    return slim.length < model.length ? { model: slim, location } : { model, location: null };
  } catch (error) {
    if (error instanceof RangeError) return { model, location: null };
    throw error;
  }
}

function rewriteGraph(model: Uint8Array, graph: WireField, location: string): Uint8Array {
  return rewrite(model, graph.contentStart, graph.end, GRAPH_INITIALIZER, (tensor) => {
    const fields = [...readFields(model, tensor.contentStart, tensor.end)];
    const raw = fields.find((field) => field.number === TENSOR_RAW_DATA);
    if (!raw || raw.end - raw.contentStart < LEAST_BYTES) return model.subarray(tensor.start, tensor.end);
    const kept = fields.filter(({ number }) => number <= TENSOR_NAME);
    const place = { location, offset: `${raw.contentStart}`, length: `${raw.end - raw.contentStart}` };
    const entries = Object.entries(place).map(([key, value]) =>
      nested(TENSOR_EXTERNAL_DATA, message([ENTRY_KEY, key], [ENTRY_VALUE, value])),
    );
    return nested(
      GRAPH_INITIALIZER,
      concat([
        ...kept.map(({ start, end }) => model.subarray(start, end)),
        ...entries,
        message([TENSOR_DATA_LOCATION, EXTERNAL]),
      ]),
    );
  });
}

/** The message with each field of that number replaced. */
function rewrite(
  bytes: Uint8Array,
  start: number,
  end: number,
  number: number,
  replace: (field: WireField) => Uint8Array,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of readFields(bytes, start, end)) {
    const isWanted = field.number === number && field.contentStart >= 0;
    parts.push(isWanted ? replace(field) : bytes.subarray(field.start, field.end));
  }
  return concat(parts);
}

function nested(number: number, content: Uint8Array): Uint8Array {
  return message([number, content]);
}
