export interface CampaignSettings {
  /** What the sentence calls the campaign where there is one treatment: `The mail`. */
  readonly name: string;
  /** The arm that got nothing; null: one named control, holdout, no e-mail …, else the first by name. */
  readonly control: string | null;
  /** Planned shares by arm, in any unit, for the sample-ratio check; null: all the same. */
  readonly plannedShares: Readonly<Record<string, number>> | null;
  /** Share of the revenue that is earned, 0 to 1. */
  readonly margin: number;
  /** What a sale brings where rows have no revenue; null: not known. In the currency of `costPerCustomer`. */
  readonly valuePerConversion: number | null;
  /** What addressing one customer costs where rows have no cost; null: not known. The control costs nothing. */
  readonly costPerCustomer: number | null;
  /** Chance with which an effect of the estimated size is to be found, for the number of customers still needed. */
  readonly power: number;
}

export const DEFAULT_CAMPAIGN_SETTINGS: CampaignSettings = {
  name: 'The campaign',
  control: null,
  plannedShares: null,
  margin: 1,
  valuePerConversion: null,
  costPerCustomer: null,
  power: 0.8,
};
