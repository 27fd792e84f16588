import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { InferenceEngine } from '../../ports/inference-engine.ts';
import { createOnnxEngine } from '../web/onnx-engine.ts';

/** ONNX Runtime Web under Node, compiled from the package's own WebAssembly file: the same values as at the edge. */
export async function createNodeOnnxEngine(wasmPath = defaultWasmPath()): Promise<InferenceEngine> {
  return createOnnxEngine(await WebAssembly.compile(await readFile(wasmPath)));
}

function defaultWasmPath(): string {
  return createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');
}
