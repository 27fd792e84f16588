export interface UpliftSettings {
  /** Per cents of the customers, highest scores first, for `uplift@10` and the like. */
  readonly atPercents: readonly number[];
  /** Groups of equal size in the table by score. */
  readonly bins: number;
  /** `binary`: outcomes are 0 or 1; `amount`: any number, such as revenue. */
  readonly outcomeKind: 'binary' | 'amount';
  /**
   * What one sale more brings, or the share of an amount that is earned; null: no profit is worked out. Goes with
   * `costPerContact`.
   */
  readonly valuePerOutcome: number | null;
  /** What treating a customer costs, in the same currency. */
  readonly costPerContact: number | null;
}

export const DEFAULT_UPLIFT_SETTINGS: UpliftSettings = {
  atPercents: [10, 20, 30, 50],
  bins: 10,
  outcomeKind: 'binary',
  valuePerOutcome: null,
  costPerContact: null,
};
