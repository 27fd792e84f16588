import type { SavedState } from './task.ts';

/** Names arrays `prefix.name`, so that several parts of a state are saved in one record. */
export function prefixed(prefix: string, arrays: SavedState['arrays']): SavedState['arrays'] {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}.${name}`, array]));
}

/** The arrays that `prefixed` named, by their own names. */
export function unprefixed(prefix: string, arrays: SavedState['arrays']): SavedState['arrays'] {
  const start = `${prefix}.`;
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(start));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(start.length), array]));
}
