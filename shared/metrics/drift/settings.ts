export type FeatureKind = 'numeric' | 'categorical';

export interface DriftSettings {
  /** Bins of a numeric feature, of about equal shares of the reference: 2 to 100. */
  readonly bins: number;
  /** Kinds of features whose cells don't show them, such as `{"storeId": "categorical"}`. */
  readonly kinds: Readonly<Record<string, FeatureKind>>;
  /** Features to compare; null: every column but `sample`. */
  readonly features: readonly string[] | null;
  /** The column that is the label: its drift is said apart. */
  readonly label: string | null;
  /** From this population stability index on, a feature has drifted: 0.1 is usual for a look, 0.2 or 0.25 for action. */
  readonly psiThreshold: number;
}

export const DEFAULT_DRIFT_SETTINGS: DriftSettings = {
  bins: 10,
  kinds: {},
  features: null,
  label: null,
  psiThreshold: 0.2,
};

/** Features beyond this number are left out, which is said in a warning. */
export const MAX_FEATURES = 64;
