export interface RankingSettings {
  /** Depths to evaluate at, ascending: 1 to 5 numbers from 1 to `MAX_DEPTH`. */
  readonly k: readonly number[];
  /** What nDCG adds up: gains as they are (Järvelin and Kekäläinen 2002, scikit-learn), or 2^gain - 1 (Burges et al. 2005). */
  readonly gain: 'linear' | 'exponential';
  /** How many items could have been recommended; null: those that any row names. */
  readonly catalogueSize: number | null;
}

export const MAX_DEPTH = 1_000;
export const MAX_DEPTHS = 5;

export const DEFAULT_RANKING_SETTINGS: RankingSettings = { k: [10], gain: 'linear', catalogueSize: null };
