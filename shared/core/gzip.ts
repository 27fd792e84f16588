import { readStream } from './read-stream.ts';

/** `bytes` compressed by gzip (RFC 1952). */
export function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return through(bytes, new CompressionStream('gzip'));
}

/** What gzip compressed; rejects with a `TypeError` where `bytes` are no whole gzip file. */
export function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return through(bytes, new DecompressionStream('gzip'));
}

function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  return readStream(new Blob([bytes]).stream().pipeThrough(transform));
}
