import { readFileSync } from 'node:fs';

/** Bytes of a chunk, as file streams give them. */
const CHUNK_BYTES = 2 ** 16;

/**
 * A file that is held in memory, as a stream; `repeats` times the same rows, the header of a CSV once. `onChunk` is called with each.
 */
export function memoryFile(path) {
  const bytes = new Uint8Array(readFileSync(path));
  const rowsFrom = path.endsWith('.csv') ? bytes.indexOf(0x0a) + 1 : 0;
  return {
    bytesOf: (repeats) => rowsFrom + repeats * (bytes.length - rowsFrom),
    stream(repeats = 1, onChunk = () => {}) {
      let [repeat, at] = [0, 0];
      return new ReadableStream({
        pull(controller) {
          if (at >= bytes.length) {
            repeat++;
            at = rowsFrom;
          }
          if (repeat === repeats) {
            controller.close();
            return;
          }
          // A copy, as what reads from a network or a disk has.
          const chunk = bytes.slice(at, at + CHUNK_BYTES);
          at += chunk.length;
          onChunk(chunk);
          controller.enqueue(chunk);
        },
      });
    },
  };
}
