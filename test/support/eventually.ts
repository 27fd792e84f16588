/** Asks again and again until `check` does not throw, and gives what it gave; after so long, what it threw last. */
export async function eventually<T>(check: () => Promise<T>, seconds = 20, pauseMs = 25): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
