import { describeError, type Log } from '../../shared/http/request-log.ts';
import { FUNCTION_NAMES, type FunctionName, ROUTES } from './contract.ts';

/** Sends a request to a function, over a service binding or HTTPS. */
export type Forward = (request: Request) => Promise<Response>;

export type Functions = Readonly<Record<FunctionName, Forward>>;

export interface Readiness {
  readonly status: 'ready' | 'not ready';
  readonly functions: Record<string, boolean>;
}

/** The function that owns `path`, or null. */
export function findFunction(path: string): FunctionName | null {
  const owners = ROUTES.filter(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
  const longest = owners.sort((a, b) => b.prefix.length - a.prefix.length)[0];
  return longest?.to ?? null;
}

/** Asks every function whether it can serve; one that fails to answer cannot. */
export async function checkReadiness(functions: Functions): Promise<Readiness> {
  const answers = await Promise.all(
    FUNCTION_NAMES.map(async (name) => {
      const ready = await functions[name](new Request('https://edgemark.internal/health/ready')).then(
        (response) => response.ok,
        () => false,
      );
      return [name, ready] as const;
    }),
  );
  const ready = answers.every(([, isReady]) => isReady);
  return { status: ready ? 'ready' : 'not ready', functions: Object.fromEntries(answers) };
}

/** A function that has work by the clock. */
export interface Ticking {
  tick(): Promise<void>;
}

/** Hands the minute's tick to every function that waits for it; one that fails keeps none of the others from it. */
export async function tickAll(functions: Readonly<Record<string, Ticking>>, log: Log): Promise<void> {
  await Promise.all(
    Object.entries(functions).map(async ([name, ticking]) => {
      try {
        await ticking.tick();
      } catch (error) {
        log({ event: 'incident', what: `the tick of ${name} failed`, error: describeError(error) });
      }
    }),
  );
}
