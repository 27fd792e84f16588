/** Made-up content for tests of large objects: byte i is i mod 251, a prime, so that swapped chunks are noticed. */
const PERIOD = 251;

/** A stream of `sizeBytes` that makes its chunks (64 KiB) only when they are asked for. */
export function patternStream(sizeBytes: number, chunkBytes = 65_536): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = patternBytes(Math.min(chunkBytes, sizeBytes - offset), offset);
      offset += chunk.length;
      if (chunk.length > 0) controller.enqueue(chunk);
      if (offset === sizeBytes) controller.close();
    },
  });
}

export function patternBytes(sizeBytes: number, offset = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes);
  for (let i = 0; i < sizeBytes; i++) bytes[i] = (offset + i) % PERIOD;
  return bytes;
}

/** Reads the stream chunk by chunk, keeping none: its length, and where it first departs from the pattern (-1: nowhere). */
export async function checkPattern(
  stream: ReadableStream<Uint8Array>,
): Promise<{ readonly sizeBytes: number; readonly firstWrongByte: number }> {
  let sizeBytes = 0;
  const reader = stream.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    for (const byte of chunk.value) {
      if (byte !== sizeBytes % PERIOD) return { sizeBytes, firstWrongByte: sizeBytes };
      sizeBytes++;
    }
  }
  return { sizeBytes, firstWrongByte: -1 };
}

/** A stream that gives `sizeBytes` bytes and then breaks. */
export function breakingStream(sizeBytes: number): ReadableStream<Uint8Array> {
  let given = false;
  return new ReadableStream({
    pull(controller) {
      if (given) return controller.error(new Error('the source broke'));
      given = true;
      controller.enqueue(patternBytes(sizeBytes));
    },
  });
}
