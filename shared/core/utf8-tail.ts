/** How many bytes at the end belong to a character that is not complete (RFC 3629): 0 to 3. */
export function incompleteUtf8Bytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    // 10xxxxxx goes on with a character; 110, 1110 and 11110 begin one of two, three and four bytes.
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? back : 0;
  }
  return 0;
}
