/** Who asks, under which request id, and where work goes that may end after the answer was sent. */
export interface Caller {
  readonly tenant: string;
  readonly requestId: string;
  readonly defer: (work: Promise<unknown>) => void;
}
