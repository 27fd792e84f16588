/** Counts the requests under way in this isolate. */
export interface LoadGauge {
  readonly inFlight: () => number;
  enter(): void;
  leave(): void;
}

export function createLoadGauge(): LoadGauge {
  let count = 0;
  return {
    inFlight: () => count,
    enter() {
      count++;
    },
    leave() {
      count--;
    },
  };
}
