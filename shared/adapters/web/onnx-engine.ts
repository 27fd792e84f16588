/**
 * ONNX Runtime Web behind the inference port, on one thread, from an already compiled WebAssembly module: the same code in
 * workerd (which forbids compiling WebAssembly from bytes) and in Node. Trade-off accepted: while ONNX Runtime starts,
 * `WebAssembly.instantiate` is replaced by a function that recognises our marker bytes and instantiates that module.
 */
import { env, InferenceSession as OrtSession, Tensor as OrtTensor } from 'onnxruntime-web/wasm';
import { fail, ok } from '../../core/result.ts';
import {
  type InferenceEngine,
  type InferenceSession,
  SessionReleasedError,
  type Tensor,
  type TensorElementType,
  type TensorInfo,
} from '../../ports/inference-engine.ts';
import { createExclusive } from './exclusive.ts';
import { withExternalWeights } from './external-weights.ts';

/** Empty WebAssembly module (magic and version, WebAssembly Core 5.5.16): stands for the real one, never run. */
const MARKER = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

/** ONNX file with one Identity node on a float vector of one element (ONNX IR 8, opset 13): loading it starts the runtime. */
const IDENTITY_MODEL = new Uint8Array([
  0x08, 0x08, 0x3a, 0x37, 0x0a, 0x10, 0x0a, 0x01, 0x78, 0x12, 0x01, 0x79, 0x22, 0x08, 0x49, 0x64, 0x65, 0x6e, 0x74,
  0x69, 0x74, 0x79, 0x12, 0x01, 0x67, 0x5a, 0x0f, 0x0a, 0x01, 0x78, 0x12, 0x0a, 0x0a, 0x08, 0x08, 0x01, 0x12, 0x04,
  0x0a, 0x02, 0x08, 0x01, 0x62, 0x0f, 0x0a, 0x01, 0x79, 0x12, 0x0a, 0x0a, 0x08, 0x08, 0x01, 0x12, 0x04, 0x0a, 0x02,
  0x08, 0x01, 0x42, 0x04, 0x0a, 0x00, 0x10, 0x0d,
]);

const SESSION_OPTIONS: OrtSession.SessionOptions = {
  executionProviders: ['wasm'],
  graphOptimizationLevel: 'all',
  // The arena keeps what a run freed for the next one; WebAssembly memory could not be given back anyway.
  enableCpuMemArena: true,
  logSeverityLevel: 3,
};

/**
 * ONNX Runtime Web keeps arguments of loads and runs on WebAssembly's stack across an `await`: two of them interleaved overwrite each
 * other's.
 */
const exclusively = createExclusive();

/** ONNX Runtime starts once per process, however many engines are made. */
let started: Promise<WebAssembly.Memory> | undefined;

/** Starts ONNX Runtime at once (without I/O, so it may run in a Worker's global scope) and returns the engine. */
export async function createOnnxEngine(wasmModule: WebAssembly.Module): Promise<InferenceEngine> {
  started ??= startRuntime(wasmModule);
  const memory = await started;
  return {
    async load(model) {
      try {
        return ok(wrapSession(await exclusively(() => createSession(model))));
      } catch (error) {
        return fail({ reason: describeOrtError(error) });
      }
    },
    heapBytes: () => memory.buffer.byteLength,
  };
}

function createSession(model: Uint8Array): Promise<OrtSession> {
  const slim = withExternalWeights(model);
  if (slim.location === null) return OrtSession.create(model, SESSION_OPTIONS);
  const externalData = [{ path: slim.location, data: model }];
  return OrtSession.create(slim.model, { ...SESSION_OPTIONS, externalData });
}

async function startRuntime(wasmModule: WebAssembly.Module): Promise<WebAssembly.Memory> {
  env.wasm.numThreads = 1;
  env.wasm.proxy = false;
  env.wasm.wasmBinary = MARKER.slice().buffer;
  env.logLevel = 'error';
  let memory: WebAssembly.Memory | undefined;
  const restore = redirectInstantiate(wasmModule, (imported) => {
    memory = imported;
  });
  try {
    const session = await OrtSession.create(IDENTITY_MODEL, SESSION_OPTIONS);
    await session.release();
  } finally {
    restore();
  }
  if (!memory) throw new Error('ONNX Runtime started without the expected WebAssembly memory import');
  return memory;
}

/** Puts our instantiate in place and hides Node's `process` from emscripten's environment sniffing. Returns the undo. */
function redirectInstantiate(
  wasmModule: WebAssembly.Module,
  onMemory: (memory: WebAssembly.Memory) => void,
): () => void {
  const original = WebAssembly.instantiate;
  const replacement = async (source: unknown, imports?: WebAssembly.Imports): Promise<unknown> => {
    if (!isMarker(source)) return Reflect.apply(original, WebAssembly, [source, imports]);
    const instance = await original(wasmModule, imports);
    onMemory(findMemory(imports, instance));
    return { module: wasmModule, instance };
  };
  Reflect.set(WebAssembly, 'instantiate', replacement);
  const processObject: unknown = Reflect.get(globalThis, 'process');
  const restoreProcess = processObject && typeof processObject === 'object' ? maskNode(processObject) : () => {};
  return () => {
    Reflect.set(WebAssembly, 'instantiate', original);
    restoreProcess();
  };
}

/** Emscripten takes its Node path unless `process.type` is `renderer`; the Node path reads files, which workerd has none of. */
function maskNode(processObject: object): () => void {
  const had = Object.getOwnPropertyDescriptor(processObject, 'type');
  Object.defineProperty(processObject, 'type', { value: 'renderer', configurable: true, writable: true });
  return () => {
    if (had) Object.defineProperty(processObject, 'type', had);
    else Reflect.deleteProperty(processObject, 'type');
  };
}

function isMarker(source: unknown): boolean {
  const bytes =
    source instanceof ArrayBuffer ? new Uint8Array(source) : source instanceof Uint8Array ? source : undefined;
  return bytes !== undefined && bytes.length === MARKER.length && bytes.every((byte, i) => byte === MARKER[i]);
}

function findMemory(imports: WebAssembly.Imports | undefined, instance: WebAssembly.Instance): WebAssembly.Memory {
  const candidates = [
    ...Object.values(imports ?? {}).flatMap((group) => Object.values(group)),
    ...Object.values(instance.exports),
  ];
  const memory = candidates.find((candidate) => candidate instanceof WebAssembly.Memory);
  if (!memory) throw new Error('the ONNX Runtime module neither imports nor exports a memory');
  return memory;
}

/** A session that is released within a run is freed after it: ONNX Runtime would free it under the run. */
function wrapSession(session: OrtSession): InferenceSession {
  let running = false;
  let released = false;
  return {
    inputs: session.inputMetadata.map(describeTensor),
    outputs: session.outputMetadata.map(describeTensor),
    run: (feeds, outputNames) =>
      exclusively(async () => {
        if (released) throw new SessionReleasedError('the session was released');
        running = true;
        try {
          return await runOnce(session, feeds, outputNames);
        } finally {
          running = false;
          if (released) await session.release();
        }
      }),
    async release() {
      if (released) return;
      released = true;
      if (!running) await session.release();
    },
  };
}

async function runOnce(
  session: OrtSession,
  feeds: Readonly<Record<string, Tensor>>,
  outputNames: readonly string[] | undefined,
): Promise<Record<string, Tensor>> {
  const ortFeeds: Record<string, OrtTensor> = {};
  for (const name in feeds) ortFeeds[name] = toOrt(feeds[name] as Tensor);
  const results = outputNames ? await session.run(ortFeeds, outputNames) : await session.run(ortFeeds);
  const tensors: Record<string, Tensor> = {};
  for (const name in results) tensors[name] = fromOrt(results[name] as OrtTensor);
  return tensors;
}

function describeTensor(metadata: OrtSession.ValueMetadata): TensorInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: 'not a tensor', shape: [] };
  return { name: metadata.name, type: metadata.type, shape: metadata.shape };
}

function toOrt(tensor: Tensor): OrtTensor {
  return new OrtTensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.shape);
}

function fromOrt(tensor: OrtTensor): Tensor {
  if (typeof tensor.data === 'string' || Array.isArray(tensor.data))
    throw new Error('string outputs are not supported');
  return { type: tensor.type as TensorElementType, shape: tensor.dims, data: tensor.data as Tensor['data'] };
}

/** ONNX Runtime's own sentence without addresses or file names; it describes the caller's model, not this system. */
function describeOrtError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 300);
}
