/**
 * A number from 0 up to but not including 1 that `text` decides, spread evenly: FNV-1a (Fowler, Noll and Vo; 32 bits, over UTF-16
 * units) and the finaliser of MurmurHash3 (Appleby), which FNV's high bits need. To divide, not to protect.
 */
export function uniformHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
