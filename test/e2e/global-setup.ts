import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePort, npmStart, READY } from './support/npm-start.ts';

/** A key chosen by hand, without a checksum, as EDGEMARK_DEV_KEY allows. */
const KEY = 'em_end-to-end-tests';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the one instance that all files share. */
    url: string;
    key: string;
    stateFolder: string;
    /** What `npm start` printed. */
    welcome: string;
  }
}

/** Starts what a user starts, once for all files, on empty state. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgemark-e2e-'));
  const port = await freePort();
  const instance = npmStart({ PORT: String(port), EDGEMARK_STATE: stateFolder, EDGEMARK_DEV_KEY: KEY });
  const tearDown = async () => {
    await instance.stop();
    await rm(stateFolder, { recursive: true, force: true });
  };
  try {
    await instance.waitFor(READY);
  } catch (error) {
    await tearDown();
    throw error;
  }
  project.provide('url', `http://127.0.0.1:${port}`);
  project.provide('key', KEY);
  project.provide('stateFolder', stateFolder);
  project.provide('welcome', instance.output());
  return tearDown;
}
