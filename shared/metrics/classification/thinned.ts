const MOST_POINTS = 200;

/** Points of a line of which only those are kept that lie far enough along from the one kept before. */
export interface ThinnedPoints {
  first(x: number, y: number): void;
  /** `along`: how far along the line the point lies, never less than before, at most `length` in the end. */
  next(x: number, y: number, along: number): void;
  line(): { readonly x: readonly number[]; readonly y: readonly number[] };
}

/** At most 200 points of a line on which `along` goes from 0 to `length`. */
export function thinned(length: number): ThinnedPoints {
  const step = length / (MOST_POINTS - 3);
  const [x, y]: [number[], number[]] = [[], []];
  let keptAlong = 0;
  let last: readonly [number, number] | undefined;
  const keep = (pointX: number, pointY: number) => {
    x.push(pointX);
    y.push(pointY);
  };
  return {
    first: keep,
    next(pointX, pointY, along) {
      last = [pointX, pointY];
      if (along - keptAlong < step) return;
      keep(pointX, pointY);
      keptAlong = along;
      last = undefined;
    },
    line() {
      if (last !== undefined) keep(...last);
      last = undefined;
      return { x, y };
    },
  };
}
