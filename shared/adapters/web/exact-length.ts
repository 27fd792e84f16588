/**
 * The same bytes, provided that they are `sizeBytes` in number: a cut object must never look complete. Where the source breaks, or
 * has another length, `onBroken` is called and the stream neither ends nor errors: an upload is to be aborted from outside, since
 * Node's HTTP client hears of no error of a piped body, which would end the process instead.
 */
export function exactLength(
  stream: ReadableStream<Uint8Array>,
  sizeBytes: number,
  onBroken: (cause: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  let seen = 0;
  const next = async (): Promise<Uint8Array | undefined> => {
    const chunk = await reader.read();
    seen += chunk.value?.length ?? 0;
    if (seen > sizeBytes) throw new RangeError(`stream of more than the stated ${sizeBytes} bytes`);
    if (chunk.done && seen < sizeBytes) throw new RangeError(`stream of ${seen} bytes, stated ${sizeBytes}`);
    return chunk.value;
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const bytes = await next();
        if (bytes) controller.enqueue(bytes);
        else controller.close();
      } catch (cause) {
        onBroken(cause);
        await reader.cancel(cause).catch(() => {});
        await new Promise(() => {});
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
