import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This folder, and the checkout. */
export const BENCH = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
export const ROOT = resolve(BENCH, '..', '..');

/** Trained peers are kept here; not in git. */
export const CACHE = join(BENCH, '.cache');
/** Built Workers, storage and logs of one run; removed at its end. */
export const WORK = join(BENCH, '.work');
export const RESULTS = join(BENCH, 'results');
export const PYTHON = join(BENCH, '.venv', 'bin', 'python');
