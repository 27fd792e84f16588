/** A line of the family `users`: what was said of a customer. */
export interface UserLine {
  readonly user: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly receivedAt: string;
}

/** A line of the family `feedback`: a prediction's right label. */
export interface FeedbackLine {
  readonly feedbackId: string;
  readonly function: 'classify' | 'tag';
  readonly model: string;
  readonly label: string;
  readonly user?: string;
  readonly at: string;
  readonly receivedAt: string;
}
