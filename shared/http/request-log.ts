/** One line a request, without inputs: what happened, to whom, how it ended. */
export interface RequestRecord {
  readonly event: 'request';
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern, not the path, so that names in paths are not logged. */
  readonly route: string;
  readonly status: number;
  readonly tenant?: string;
  readonly keyId?: string;
  readonly failure?: string;
}

/** Something an operator should know of; `error` may carry internals and goes to the log only. */
export interface IncidentRecord {
  readonly event: 'incident';
  readonly what: string;
  readonly requestId?: string;
  readonly error?: string;
}

export type Log = (record: RequestRecord | IncidentRecord) => void;

/** Writes JSON lines to the platform's log. */
export function createConsoleLog(): Log {
  return (record) =>
    record.event === 'incident' ? console.error(JSON.stringify(record)) : console.log(JSON.stringify(record));
}

/** Tells the operator that a model's new version can't be loaded, so that the one before goes on serving. */
export function logRefreshFailure(log: Log): (model: string, reason: string) => void {
  return (model, reason) =>
    log({
      event: 'incident',
      what: `the new version of ${model} cannot be loaded, the one before goes on`,
      error: reason,
    });
}

/** An exception with its causes as one text, for the log. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` <- ${describeError(error.cause)}`;
  return `${error.name}: ${error.message}${cause}`;
}
