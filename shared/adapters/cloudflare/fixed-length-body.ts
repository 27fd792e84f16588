/** A stream as the body of a request of known length, which workerd's `fetch` sends with a `Content-Length`. */
export function fixedLengthBody(stream: ReadableStream<Uint8Array>, sizeBytes: number): ReadableStream {
  const { readable, writable } = new FixedLengthStream(sizeBytes);
  // Its failure breaks the readable side, which whoever sends it hears of.
  stream.pipeTo(writable).catch(() => {});
  return readable;
}
