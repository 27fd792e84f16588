import type { Json, NumberArray, SavedState } from './task.ts';

/** Several saved states as the fields and arrays of one: array `name` of state 3 is `3/name`. */
export function joinStates(states: readonly SavedState[]): {
  readonly fields: Json;
  readonly arrays: SavedState['arrays'];
} {
  const arrays = states.flatMap((state, index) =>
    Object.entries(state.arrays).map(([name, array]): [string, NumberArray] => [`${index}/${name}`, array]),
  );
  return { fields: states.map(({ fields }) => fields), arrays: Object.fromEntries(arrays) };
}

/** What `joinStates` was given. */
export function splitStates(fields: Json, arrays: SavedState['arrays']): SavedState[] {
  const states = (fields as readonly SavedState['fields'][]).map((each) => ({
    fields: each,
    arrays: {} as Record<string, NumberArray>,
  }));
  for (const [path, array] of Object.entries(arrays)) {
    const slash = path.indexOf('/');
    const state = states[Number(path.slice(0, slash))];
    if (state) state.arrays[path.slice(slash + 1)] = array;
  }
  return states;
}
