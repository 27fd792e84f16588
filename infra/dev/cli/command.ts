/** One command of the client, as data: what it takes, and what it does. */
export interface Command {
  /** `pack import` */
  readonly name: string;
  /** Positional arguments as the help shows them: `FOLDER`, `TEXT…`. */
  readonly takes: string;
  readonly summary: string;
  /** More than the summary, for the command's own help. */
  readonly details?: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly run: (call: CommandCall) => Promise<void>;
}

export interface Option {
  readonly type: 'string' | 'boolean';
  /** Whether it may be given more than once. */
  readonly multiple?: boolean;
  /** What stands for the value in the help: `--name NAME`. */
  readonly value?: string;
  readonly help: string;
}

/** A call as parsed: options that were not given are absent. */
export interface CommandCall {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly environment: NodeJS.ProcessEnv;
}

/** The call itself is wrong; the help is shown and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function textOption(call: CommandCall, name: string): string | undefined {
  const value = call.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** All values of an option that may be given more than once. */
export function textsOption(call: CommandCall, name: string): readonly string[] {
  const values = call.values[name];
  return Array.isArray(values) ? values : [];
}

export function isSet(call: CommandCall, name: string): boolean {
  return call.values[name] === true;
}

/** The only positional argument. */
export function onlyArgument(call: CommandCall, what: string): string {
  const [first, ...rest] = call.positionals;
  if (first === undefined) throw new UsageError(`${what} is missing`);
  if (rest.length > 0) throw new UsageError(`only one ${what} is taken; "${rest[0]}" is one too many`);
  return first;
}

/** For a command that takes none. */
export function noArgument(call: CommandCall): void {
  if (call.positionals.length > 0) throw new UsageError(`"${call.positionals[0]}" is not an option`);
}

/** A whole number ≥ 1, or undefined when the option is absent. */
export function countOption(call: CommandCall, name: string): number | undefined {
  const text = textOption(call, name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${name} takes a whole number from 1, not "${text}"`);
  return Number(text);
}

/** `a,b,c` as a list without blanks, or undefined when the option is absent. */
export function listOption(call: CommandCall, name: string): string[] | undefined {
  const items = textOption(call, name)
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items?.length === 0) throw new UsageError(`--${name} is empty`);
  return items;
}

const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** `--tenant`, or undefined when it is absent. It becomes part of object keys, so nothing else may be said with it. */
export function tenantOption(call: CommandCall): string | undefined {
  const tenant = textOption(call, 'tenant');
  if (tenant === undefined || TENANT.test(tenant)) return tenant;
  throw new UsageError('--tenant takes lower-case letters, digits and hyphens');
}
