/** Who asks, under which request id, and where work goes that may end after the answer was sent. */
export interface Caller {
  readonly tenant: string;
  /** Of the API key, which is no secret: who did it, for records. */
  readonly keyId: string;
  readonly requestId: string;
  readonly defer: (work: Promise<unknown>) => void;
}
