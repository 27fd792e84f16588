/**
 * The same bytes, but the stream breaks if they are not `sizeBytes` in number: a cut object must never look complete.
 * `onBroken` is called when it breaks, by a wrong length or by an error of the source.
 */
export function exactLength(
  stream: ReadableStream<Uint8Array>,
  sizeBytes: number,
  onBroken: () => void,
): ReadableStream<Uint8Array> {
  let seen = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.length;
      if (seen > sizeBytes) throw new RangeError(`stream of more than the stated ${sizeBytes} bytes`);
      controller.enqueue(chunk);
    },
    flush() {
      if (seen < sizeBytes) throw new RangeError(`stream of ${seen} bytes, stated ${sizeBytes}`);
    },
  });
  stream.pipeTo(counter.writable).catch(onBroken);
  return counter.readable;
}
