/** Sets an entry as the newest of the map; where there would be more than `max` (≥ 1), the oldest goes. */
export function setBounded<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  const oldest = map.size >= max ? map.keys().next() : undefined;
  if (oldest?.done === false) map.delete(oldest.value);
  map.set(key, value);
}
