import { Unzlib } from 'fflate';

/** Deflate expands at most 1,032 times: a slice becomes 16 MiB at most, whatever the file claims. */
const SLICE_BYTES = 16_384;

/** The content of a zlib stream (RFC 1950) in pieces of at most 16 MiB, until `take` wants no more. Throws when it is damaged. */
export function inflate(compressed: readonly Uint8Array[], take: (piece: Uint8Array) => boolean): void {
  let wantsMore = true;
  const stream = new Unzlib((piece) => {
    if (wantsMore) wantsMore = take(piece);
  });
  for (const bytes of compressed) {
    for (let at = 0; at < bytes.length && wantsMore; at += SLICE_BYTES) {
      stream.push(bytes.subarray(at, at + SLICE_BYTES), false);
    }
  }
}
