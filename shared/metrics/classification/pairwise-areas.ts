import type { ClassScores } from './class-scores.ts';

/** Of each class's scores: how they part its rows from those of each other class. Classes are those of `order`, in that order. */
export interface PairwiseAreas {
  /** Weight of the rows with scores by class. */
  readonly weights: Float64Array;
  /** [c][t]: P(score of c of a row of c > that of a row of t) + P(equal) / 2. NaN where a class has no weight. */
  readonly areas: readonly Float64Array[];
  /** [c][t]: how far the area may be from the true one. */
  readonly errorBounds: readonly Float64Array[];
}

export function pairwiseAreas(scores: ClassScores, order: readonly number[]): PairwiseAreas {
  const classes = order.length;
  const all = Math.max(0, ...order.map((c) => c + 1));
  const totals = new Float64Array(all);
  if (order[0] !== undefined) {
    scores.walkUp(order[0], all, (_, weights) => {
      weights.forEach((weight, truth) => {
        totals[truth] = (totals[truth] as number) + weight;
      });
    });
  }
  const found = order.map((own) => pairsOf(scores, own, all));
  const shares = (pairs: 'beaten' | 'blurred') =>
    found.map(({ [pairs]: counts }, c) =>
      Float64Array.from(order, (t) => {
        const own = totals[order[c] as number] as number;
        return (counts[t] as number) / (own * (totals[t] as number));
      }),
    );
  const weights = Float64Array.from(order, (c) => totals[c] as number);
  const errorBounds = scores.isExact ? order.map(() => new Float64Array(classes)) : shares('blurred');
  return { weights, areas: shares('beaten'), errorBounds };
}

/** Weights of pairs of a row of `own` with one of each class: those in which it scores higher (equal ones half), and half of those in one bin. */
function pairsOf(scores: ClassScores, own: number, classes: number) {
  const [below, beaten, blurred] = [0, 1, 2].map(() => new Float64Array(classes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  scores.walkUp(own, classes, (_, weights) => {
    const weight = weights[own] as number;
    for (let t = 0; t < classes; t++) {
      const others = weights[t] as number;
      if (weight > 0) {
        beaten[t] = (beaten[t] as number) + weight * ((below[t] as number) + others / 2);
        blurred[t] = (blurred[t] as number) + (weight * others) / 2;
      }
      below[t] = (below[t] as number) + others;
    }
  });
  return { beaten, blurred };
}

export interface Area {
  readonly area: number;
  readonly errorBound: number;
}

/** Of class c against all others; NaN where one side has no weight. */
export function oneVersusRest({ weights, areas, errorBounds }: PairwiseAreas, c: number): Area {
  let [area, errorBound, rest] = [0, 0, 0];
  weights.forEach((weight, t) => {
    if (t === c || weight === 0) return;
    area += weight * (areas[c]?.[t] as number);
    errorBound += weight * (errorBounds[c]?.[t] as number);
    rest += weight;
  });
  return { area: area / rest, errorBound: errorBound / rest };
}

/**
 * Mean over the classes against their rest, each alike or by its weight (Provost and Domingos 2000 for the latter). Classes without
 * rows are left out; NaN with fewer than two classes.
 */
export function averageOneVersusRest(pairs: PairwiseAreas, average: 'macro' | 'weighted'): Area {
  const weighed = [...pairs.weights.keys()]
    .filter((c) => (pairs.weights[c] as number) > 0)
    .map((c) => ({ ...oneVersusRest(pairs, c), weight: average === 'macro' ? 1 : (pairs.weights[c] as number) }));
  return meanArea(weighed);
}

/** Mean over pairs of classes of how they are told apart by either's scores (Hand and Till 2001, Machine Learning 45:171-186). */
export function averageOneVersusOne(pairs: PairwiseAreas, average: 'macro' | 'weighted'): Area {
  const { weights, areas, errorBounds } = pairs;
  const used = [...weights.keys()].filter((c) => (weights[c] as number) > 0);
  const weighed = used.flatMap((a) =>
    used
      .filter((b) => a < b)
      .map((b) => ({
        area: ((areas[a]?.[b] as number) + (areas[b]?.[a] as number)) / 2,
        errorBound: ((errorBounds[a]?.[b] as number) + (errorBounds[b]?.[a] as number)) / 2,
        weight: average === 'macro' ? 1 : (weights[a] as number) + (weights[b] as number),
      })),
  );
  return meanArea(weighed);
}

function meanArea(weighed: readonly (Area & { readonly weight: number })[]): Area {
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (each: Area) => number) => weighed.reduce((sum, each) => sum + each.weight * of(each), 0) / total;
  return { area: mean((each) => each.area), errorBound: mean((each) => each.errorBound) };
}

/** Which mean over classes an interval is of: each against the rest, or pairs of them against each other. */
export type AreaKind = 'ovr' | 'ovo';

/**
 * Standard error of `averageOneVersusRest` or `averageOneVersusOne`, by each row's influence on the mean (the components of DeLong
 * et al. 1988, summed over what shares the row; in weighted means also that the row adds to the weight of its class). Only while
 * scores are kept; undefined beyond, or with fewer than two rows.
 */
export function averageStandardError(
  scores: ClassScores,
  order: readonly number[],
  pairs: PairwiseAreas,
  average: 'macro' | 'weighted',
  kind: AreaKind,
): number | undefined {
  if (!scores.isExact || scores.rows < 2) return undefined;
  const used = [...pairs.weights.keys()].filter((c) => (pairs.weights[c] as number) > 0);
  const influence = new Float64Array(scores.rows);
  for (const c of used) {
    if (kind === 'ovr') addRestInfluence(scores, order, pairs, c, restShare(pairs, used, c, average), influence);
    else addPairInfluence(scores, order, pairs, used, c, average, influence);
  }
  if (average === 'weighted') addWeightInfluence(scores, order, pairs, used, kind, influence);
  const sum = influence.sort().reduce((squares, each) => squares + each * each, 0);
  return Math.sqrt((sum * scores.rows) / (scores.rows - 1));
}

function totalOf({ weights }: PairwiseAreas): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

function restShare(pairs: PairwiseAreas, used: readonly number[], c: number, average: 'macro' | 'weighted'): number {
  return average === 'macro' ? 1 / used.length : (pairs.weights[c] as number) / totalOf(pairs);
}

/** Of each row on the area of class c against the rest. */
function addRestInfluence(
  scores: ClassScores,
  order: readonly number[],
  pairs: PairwiseAreas,
  c: number,
  share: number,
  influence: Float64Array,
): void {
  const [column, own] = [order[c] as number, pairs.weights[c] as number];
  const rest = totalOf(pairs) - own;
  const { area } = oneVersusRest(pairs, c);
  let [ownBelow, restBelow] = [0, 0];
  scores.walkRows(column, (rows) => {
    let [ownHere, restHere] = [0, 0];
    for (const row of rows) {
      if (scores.truth(row) === column) ownHere += scores.weight(row);
      else restHere += scores.weight(row);
    }
    const ofOwn = (share * ((restBelow + restHere / 2) / rest - area)) / own;
    const ofRest = (share * ((own - ownBelow - ownHere / 2) / own - area)) / rest;
    for (const row of rows) {
      const each = scores.weight(row) * (scores.truth(row) === column ? ofOwn : ofRest);
      influence[row] = (influence[row] as number) + each;
    }
    ownBelow += ownHere;
    restBelow += restHere;
  });
}

/** Of each row on the areas by the scores of class c, of its rows against those of each other class. */
function addPairInfluence(
  scores: ClassScores,
  order: readonly number[],
  pairs: PairwiseAreas,
  used: readonly number[],
  c: number,
  average: 'macro' | 'weighted',
  influence: Float64Array,
): void {
  const column = order[c] as number;
  const own = pairs.weights[c] as number;
  const all = Math.max(...order) + 1;
  /** By class as rows have it: its place among `order`. */
  const places = Int32Array.from({ length: all }, (_, truth) => order.indexOf(truth));
  const share = Float64Array.from(pairs.weights, (weight) => pairShare(pairs, used, own + weight, average) / 2);
  const [below, here] = [new Float64Array(pairs.weights.length), new Float64Array(pairs.weights.length)];
  scores.walkRows(column, (rows) => {
    here.fill(0);
    for (const row of rows) {
      const place = places[scores.truth(row)] as number;
      here[place] = (here[place] as number) + scores.weight(row);
    }
    const [ownBelow, ownHere] = [below[c] as number, here[c] as number];
    let ofOwn = 0;
    if (ownHere > 0) {
      for (const t of used) {
        if (t === c) continue;
        const beaten = ((below[t] as number) + (here[t] as number) / 2) / (pairs.weights[t] as number);
        ofOwn += ((share[t] as number) * (beaten - (pairs.areas[c]?.[t] as number))) / own;
      }
    }
    const above = (own - ownBelow - ownHere / 2) / own;
    for (const row of rows) {
      const t = places[scores.truth(row)] as number;
      const ofOther = ((share[t] as number) * (above - (pairs.areas[c]?.[t] as number))) / (pairs.weights[t] as number);
      influence[row] = (influence[row] as number) + scores.weight(row) * (t === c ? ofOwn : ofOther);
    }
    for (const t of used) below[t] = (below[t] as number) + (here[t] as number);
  });
}

/** What a pair of classes of this weight counts in the mean over pairs. */
function pairShare(
  pairs: PairwiseAreas,
  used: readonly number[],
  weight: number,
  average: 'macro' | 'weighted',
): number {
  const others = used.length - 1;
  return average === 'macro' ? 2 / (used.length * others) : weight / (others * totalOf(pairs));
}

/** Weighted means are Σ w_c m_c / Σ w_c: a row of class c pulls them towards m_c. */
function addWeightInfluence(
  scores: ClassScores,
  order: readonly number[],
  pairs: PairwiseAreas,
  used: readonly number[],
  kind: AreaKind,
  influence: Float64Array,
): void {
  const total = totalOf(pairs);
  const means = new Map(
    used.map((c) => [order[c] as number, kind === 'ovr' ? oneVersusRest(pairs, c).area : pairMean(pairs, used, c)]),
  );
  const mean = kind === 'ovr' ? averageOneVersusRest(pairs, 'weighted') : averageOneVersusOne(pairs, 'weighted');
  for (let row = 0; row < scores.rows; row++) {
    const apart = (means.get(scores.truth(row)) ?? mean.area) - mean.area;
    influence[row] = (influence[row] as number) + (scores.weight(row) * apart) / total;
  }
}

function pairMean({ areas }: PairwiseAreas, used: readonly number[], c: number): number {
  const others = used.filter((t) => t !== c);
  const area = (t: number) => ((areas[c]?.[t] as number) + (areas[t]?.[c] as number)) / 2;
  return others.reduce((sum, t) => sum + area(t), 0) / others.length;
}
