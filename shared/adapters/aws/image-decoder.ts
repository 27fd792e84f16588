import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ImageDecoder } from '../../ports/image-decoder.ts';
import { createImageDecoder } from '../web/image-decoder.ts';

/** The edge's decoders under Node, compiled from the packages' own WebAssembly files. */
export async function createNodeImageDecoder(): Promise<ImageDecoder> {
  const [jpeg, webp] = await Promise.all([
    compile('@cwasm/jpeg-turbo/jpeg-turbo.wasm'),
    compile('@jsquash/webp/codec/dec/webp_dec.wasm'),
  ]);
  return createImageDecoder({ jpeg, webp });
}

async function compile(file: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve(file)));
}
