const POLL_MILLISECONDS = 100;

/** wrangler takes connections at once and answers when all Workers are built, so one question may last that long. */
const ASK_MILLISECONDS = 60_000;

/** Asks until the address answers 200 or the time is over; returns the last answer in words, or undefined when it is ready. */
export async function waitForOk(url: string, seconds: number, abort: AbortSignal): Promise<string | undefined> {
  const deadline = Date.now() + seconds * 1000;
  let last = 'no answer';
  while (Date.now() < deadline && !abort.aborted) {
    last = await ask(url, abort);
    if (last === '200') return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  return last;
}

async function ask(url: string, abort: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([abort, AbortSignal.timeout(ASK_MILLISECONDS)]) });
    const body = await response.text();
    return response.status === 200 ? '200' : `status ${response.status}: ${body.slice(0, 500)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
