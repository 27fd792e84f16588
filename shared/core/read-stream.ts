/** All bytes of a stream in one array. `sizeBytes` is a hint that avoids a second copy where it is right. */
export async function readStream(stream: ReadableStream<Uint8Array>, sizeBytes = 0): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  const reader = stream.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes = grow(bytes, filled + chunk.value.length);
    bytes.set(chunk.value, filled);
    filled += chunk.value.length;
  }
  return filled === bytes.length ? bytes : bytes.slice(0, filled);
}

/** A stream of one chunk, or of none for an empty array. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

function grow(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  if (needed <= bytes.length) return bytes;
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
