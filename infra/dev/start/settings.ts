import { isAcceptableApiKey } from '../../../shared/core/api-key.ts';
import { DevError } from '../bootstrap/dev-error.mjs';
import { stateFolder } from '../workspace/paths.ts';

/** What the environment asks of `npm start`. */
export interface StartSettings {
  readonly port: number;
  readonly stateFolder: string;
  /** Absent: the state folder's own random key. */
  readonly devKey?: string;
  /** Whether models can be trained: the local endpoint is started, too. */
  readonly withTrainer: boolean;
}

export const DEFAULT_PORT = 8787;
const WITH_TRAINER = '--with-trainer';

/**
 * Reads `PORT`, `EDGEMARK_STATE` and `EDGEMARK_DEV_KEY`, and the command line's `--with-trainer`. Throws `DevError` for what can't be
 * meant.
 */
export function readSettings(environment: NodeJS.ProcessEnv, args: readonly string[] = []): StartSettings {
  const devKey = environment['EDGEMARK_DEV_KEY'];
  if (devKey && !isAcceptableApiKey(devKey)) {
    throw new DevError(
      'EDGEMARK_DEV_KEY is not a usable key.',
      'Give em_ and at least 13 more printable characters without spaces, such as em_local_development; or unset it for a random key.',
    );
  }
  const unknown = args.find((argument) => argument !== WITH_TRAINER);
  if (unknown !== undefined)
    throw new DevError(
      `npm start does not know "${unknown}".`,
      `It takes ${WITH_TRAINER}: npm start -- ${WITH_TRAINER}`,
    );
  return {
    withTrainer: args.includes(WITH_TRAINER),
    port: readPort(environment['PORT']),
    stateFolder: stateFolder(environment),
    ...(devKey ? { devKey } : {}),
  };
}

export function readPort(text: string | undefined): number {
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new DevError(`PORT is "${text}", which is not a port.`, 'Give a number from 1 to 65535, or unset it for 8787.');
}
