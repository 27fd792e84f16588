import type { PartName } from './part-name.ts';
import type { Plan, StoredObject } from './plan.ts';

type PlannedObject = Plan['objects'][number];

/** Which bytes of an object are meant; undefined where it is all of it, or no object of bytes. */
function pieceOf(object: PlannedObject): StoredObject['piece'] {
  return 'piece' in object ? object.piece : undefined;
}

/** An object with the parts that its rows are in, in order; the last one may be what it fails by. */
export interface ObjectParts {
  readonly key: string;
  readonly isDivided: boolean;
  readonly parts: readonly PartName[];
}

export type Chain =
  /** These places of the plan have no part yet. */
  | { readonly kind: 'incomplete'; readonly missing: readonly number[] }
  /** These pieces began within a row: they are to be gathered again from where the rows before them ended. */
  | { readonly kind: 'broken'; readonly again: readonly { readonly part: number; readonly from: number }[] }
  | { readonly kind: 'whole'; readonly objects: readonly ObjectParts[] };

/**
 * Joins an object's pieces: the first begins at its beginning, each other where the one before it ended. A piece behind whose end the
 * rows before it reach has none of its own. So the parts are the rows of one pass, whatever a piece took for its first row.
 */
export function chainParts(planned: Plan['objects'], parts: readonly PartName[]): Chain {
  const byPlace = new Map<number, PartName[]>();
  for (const part of parts) byPlace.set(part.part, [...(byPlace.get(part.part) ?? []), part]);
  const missing = planned.flatMap((_, place) => (byPlace.has(place) ? [] : [place]));
  if (missing.length > 0) return { kind: 'incomplete', missing };
  const again: { readonly part: number; readonly from: number }[] = [];
  const objects: ObjectParts[] = [];
  for (const group of groupPieces(planned)) {
    const { chained, gap } = chainGroup(group, byPlace);
    if (gap) again.push(gap);
    const { object } = group[0] as Place;
    objects.push({ key: object.key, isDivided: pieceOf(object) !== undefined, parts: chained });
  }
  return again.length > 0 ? { kind: 'broken', again } : { kind: 'whole', objects };
}

interface Place {
  readonly place: number;
  readonly object: PlannedObject;
}

/** Pieces of one object are neighbours in the plan; whatever is no piece is a group of its own. */
function groupPieces(planned: Plan['objects']): Place[][] {
  const groups: Place[][] = [];
  for (const [place, object] of planned.entries()) {
    if ((pieceOf(object)?.offset ?? 0) > 0) groups.at(-1)?.push({ place, object });
    else groups.push([{ place, object }]);
  }
  return groups;
}

function chainGroup(
  group: readonly Place[],
  byPlace: ReadonlyMap<number, readonly PartName[]>,
): { readonly chained: PartName[]; readonly gap?: { readonly part: number; readonly from: number } } {
  const last = group.at(-1);
  const sizeBytes = last && pieceOf(last.object)?.end;
  const chained: PartName[] = [];
  let at = 0;
  for (const { place, object } of group) {
    const piece = pieceOf(object);
    const isPassed = piece && at > 0 && (at > piece.end || at === sizeBytes);
    if (isPassed) continue;
    const fitting = (byPlace.get(place) ?? []).filter(({ beganAt }) => beganAt === at);
    // Where it was read by one and was gone for another, it was read.
    const found = fitting.find(({ endedAt }) => endedAt !== null) ?? fitting[0];
    if (!found) return { chained, gap: { part: place, from: at } };
    chained.push(found);
    if (found.endedAt === null) break;
    at = found.endedAt;
  }
  return { chained };
}
