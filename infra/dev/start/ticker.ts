/** As in the gateway's wrangler.jsonc. */
const CRON = '* * * * *';
const TICK_MILLISECONDS = 60_000;

/**
 * Ticks the first Worker each minute until `abort`: local crons do not fire by themselves. A tick that fails is in the Worker's own log,
 * and the next one comes.
 */
export async function tickEachMinute(url: string, abort: AbortSignal): Promise<void> {
  const address = new URL(`/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(CRON)}`, url);
  while (!abort.aborted) {
    await fetch(address, { signal: abort })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
    await pause(TICK_MILLISECONDS, abort);
  }
}

function pause(milliseconds: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    abort.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
