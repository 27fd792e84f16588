const ONE_BYTE = new Uint8Array(1);

/**
 * Runs pieces of work one after the other. Who finds another at work looks again after a turn of the event loop, in its own
 * request's context: no promise is shared, so that in workerd a cancelled request can't hold up the others. For work that ends within
 * one turn (it awaits nothing from outside), because a request may be cancelled between turns and would never leave.
 */
export function createExclusive(): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = false;
  return async (work) => {
    while (busy) await new Response(ONE_BYTE).arrayBuffer();
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
}
