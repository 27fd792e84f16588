/** libwebp from `@jsquash/webp`, instantiated here from a compiled module so that a large instance can be let go. */
import createWebpModule from '@jsquash/webp/codec/dec/webp_dec.js';
import { fail, ok, type Result } from '../../core/result.ts';
import type { DecodedImage } from '../../ports/image-decoder.ts';

/** The module begins with this much; one that grew for a large picture is not kept. */
const KEPT_BYTES = 16 * 1024 * 1024;

interface Webp {
  decode(
    bytes: Uint8Array,
  ): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null;
}

interface Kept {
  readonly webp: Webp;
  readonly memory: WebAssembly.Memory;
}

export interface WebpDecoder {
  decode<T>(bytes: Uint8Array, read: (image: DecodedImage) => T): Promise<Result<T, { readonly reason: string }>>;
  heapBytes(): number;
  /** Lets the instance go; the next image makes a new one. */
  release(): void;
}

export function createWebpDecoder(wasmModule: WebAssembly.Module): WebpDecoder {
  let kept: Kept | null = null;
  return {
    async decode(bytes, read) {
      const instance = kept ?? (await instantiate(wasmModule));
      kept = null;
      try {
        const image = instance.webp.decode(bytes);
        if (image === null) return fail({ reason: 'its data are damaged' });
        const { width, height, data } = image;
        return ok(read({ width, height, layout: 'rgba', samples: new Uint8Array(data.buffer) }));
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) return fail({ reason: 'its data are damaged' });
        throw error;
      } finally {
        if (instance.memory.buffer.byteLength <= KEPT_BYTES) kept = instance;
      }
    },
    heapBytes: () => kept?.memory.buffer.byteLength ?? 0,
    release() {
      kept = null;
    },
  };
}

async function instantiate(wasmModule: WebAssembly.Module): Promise<Kept> {
  let memory: WebAssembly.Memory | undefined;
  const webp: unknown = await createWebpModule({
    noInitialRun: true,
    instantiateWasm(imports: WebAssembly.Imports, callback: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(wasmModule, imports);
      memory = Object.values(instance.exports).find((exported) => exported instanceof WebAssembly.Memory);
      callback(instance);
      return instance.exports;
    },
  });
  if (!memory) throw new Error('the WebP module exports no memory');
  return { webp: webp as Webp, memory };
}
