/**
 * libjpeg-turbo's TurboJPEG API from the WebAssembly file of `@cwasm/jpeg-turbo`, without that package's own JavaScript,
 * which reads the file from disk and can neither scale nor decode CMYK. Scaling happens in the DCT domain, so that a
 * 12-megapixel photograph takes 4 MB.
 * https://rawcdn.githack.com/libjpeg-turbo/libjpeg-turbo/main/doc/turbojpeg/group___turbo_j_p_e_g.html
 */
import { fail, ok, type Result } from '../../core/result.ts';
import type { DecodedImage, DecodeRequest } from '../../ports/image-decoder.ts';

/** TJPF_RGB and TJPF_CMYK of turbojpeg.h. */
const PIXEL_FORMAT = { rgb: 0, cmyk: 11 } as const;
const BYTES_PER_PIXEL = { rgb: 3, cmyk: 4 } as const;
/** Four 32-bit integers: width, height, subsampling, colour space. */
const HEADER_BYTES = 16;
const DEFAULT_FLAGS = 0;

interface TurboJpeg {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  tjInitDecompress(): number;
  tjDestroy(handle: number): number;
  tjDecompressHeader3(
    handle: number,
    jpeg: number,
    bytes: number,
    width: number,
    height: number,
    subsampling: number,
    colourSpace: number,
  ): number;
  tjDecompress2(
    handle: number,
    jpeg: number,
    bytes: number,
    target: number,
    width: number,
    pitch: number,
    height: number,
    pixelFormat: number,
    flags: number,
  ): number;
}

/** libjpeg leaves a fatal error by `longjmp`, which WebAssembly lacks: the instance is unusable afterwards. */
class JpegFatalError extends Error {
  override readonly name = 'JpegFatalError';
}

export interface JpegDecoder {
  decode<T>(
    bytes: Uint8Array,
    request: DecodeRequest,
    read: (image: DecodedImage) => T,
  ): Result<T, { readonly reason: string }>;
  heapBytes(): number;
  /** Lets the instance go; the next image makes a new one. */
  release(): void;
}

/** One instance is kept for all images; WebAssembly memory never shrinks, so it stays as large as the largest of them needed. */
export function createJpegDecoder(wasmModule: WebAssembly.Module): JpegDecoder {
  let kept: TurboJpeg | null = null;
  return {
    decode(bytes, request, read) {
      kept ??= instantiate(wasmModule);
      try {
        return decodeWith(kept, bytes, request, read);
      } catch (error) {
        kept = null;
        if (isTrap(error)) return fail({ reason: 'its data are damaged' });
        throw error;
      }
    },
    heapBytes: () => kept?.memory.buffer.byteLength ?? 0,
    release() {
      kept = null;
    },
  };
}

function isTrap(error: unknown): boolean {
  return error instanceof JpegFatalError || error instanceof WebAssembly.RuntimeError;
}

function decodeWith<T>(
  turbo: TurboJpeg,
  bytes: Uint8Array,
  request: DecodeRequest,
  read: (image: DecodedImage) => T,
): Result<T, { readonly reason: string }> {
  const format = request.isCmyk ? 'cmyk' : 'rgb';
  const handle = turbo.tjInitDecompress();
  const jpeg = allocate(turbo, bytes.length);
  new Uint8Array(turbo.memory.buffer, jpeg, bytes.length).set(bytes);
  const header = allocate(turbo, HEADER_BYTES);
  const readable =
    turbo.tjDecompressHeader3(handle, jpeg, bytes.length, header, header + 4, header + 8, header + 12) === 0;
  const [fullWidth = 0, fullHeight = 0] = new Int32Array(turbo.memory.buffer, header, 2);
  turbo.free(header);
  if (!readable || fullWidth !== request.width || fullHeight !== request.height) throw new JpegFatalError('no header');
  const width = Math.ceil(fullWidth / request.scale);
  const height = Math.ceil(fullHeight / request.scale);
  const pitch = width * BYTES_PER_PIXEL[format];
  const target = allocate(turbo, pitch * height);
  // -1 without a fatal error is a warning, such as stray bytes between markers: the picture is there, as in every other reader.
  turbo.tjDecompress2(handle, jpeg, bytes.length, target, width, pitch, height, PIXEL_FORMAT[format], DEFAULT_FLAGS);
  const samples = new Uint8Array(turbo.memory.buffer, target, pitch * height);
  const value = read({ width, height, layout: format === 'cmyk' ? 'cmyk-inverted' : 'rgb', samples });
  turbo.free(target);
  turbo.free(jpeg);
  turbo.tjDestroy(handle);
  return ok(value);
}

function allocate(turbo: TurboJpeg, bytes: number): number {
  const pointer = turbo.malloc(bytes);
  if (pointer === 0) throw new JpegFatalError('out of memory');
  return pointer;
}

function instantiate(wasmModule: WebAssembly.Module): TurboJpeg {
  const silent = () => 0;
  const instance = new WebAssembly.Instance(wasmModule, {
    env: {
      setjmp: silent,
      longjmp: () => {
        throw new JpegFatalError('libjpeg gave up');
      },
    },
    // Messages go nowhere; the environment is empty.
    wasi_snapshot_preview1: {
      environ_sizes_get: silent,
      environ_get: silent,
      fd_close: silent,
      fd_seek: silent,
      fd_write: silent,
      proc_exit: () => {
        throw new JpegFatalError('libjpeg exited');
      },
    },
  });
  return instance.exports as unknown as TurboJpeg;
}
