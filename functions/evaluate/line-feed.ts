const LINE_FEED = 0x0a;

/** Where a feed began and where it goes on line by line, in bytes of the file. */
export interface FeedRange {
  /** Of the first byte that comes. */
  readonly offset: number;
  /** From the first line that ends here or later, each line is handed on by itself. */
  readonly linesFrom: number;
}

export interface FeedEnd {
  /** Where the next byte would have come from. */
  readonly at: number;
  readonly isFileEnd: boolean;
}

/**
 * Hands bytes on as they come up to the line that crosses `linesFrom`, from there line by line until `take` says that it has enough; what it
 * says before does not matter. Lines end with a line feed, the last one with the file.
 */
export async function feedLines(
  chunks: AsyncIterable<Uint8Array>,
  { offset, linesFrom }: FeedRange,
  take: (bytes: Uint8Array) => boolean,
): Promise<FeedEnd> {
  let at = offset;
  for await (const chunk of chunks) {
    for (let begin = 0; begin < chunk.length; ) {
      const from = Math.max(begin, linesFrom - at);
      const lineEnd = from < chunk.length ? chunk.indexOf(LINE_FEED, from) : -1;
      const end = lineEnd < 0 ? chunk.length : lineEnd + 1;
      const isEnough = take(chunk.subarray(begin, end));
      if (isEnough && lineEnd >= 0) return { at: at + end, isFileEnd: false };
      begin = end;
    }
    at += chunk.length;
  }
  return { at, isFileEnd: true };
}

/** Where the line after the first line feed begins that lies from `offset` on before `end`, with the bytes behind it; null for none. */
export async function skipToLine(
  chunks: AsyncIterator<Uint8Array>,
  offset: number,
  end: number,
): Promise<{ readonly at: number; readonly rest: Uint8Array } | null> {
  let at = offset;
  while (at < end) {
    const { done, value } = await chunks.next();
    if (done) return null;
    const lineEnd = value.indexOf(LINE_FEED);
    if (lineEnd >= 0) return at + lineEnd < end ? { at: at + lineEnd + 1, rest: value.subarray(lineEnd + 1) } : null;
    at += value.length;
  }
  return null;
}
