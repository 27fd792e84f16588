import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, WORK } from '../support/paths.mjs';

export const BATCH_SIZES = [1, 16, 256];

/** Test rows of a task, as `peers/rows.py` wrote them. */
export function readRows(task) {
  return JSON.parse(readFileSync(join(CACHE, 'rows', `${task}.json`), 'utf8'));
}

/**
 * The calls of the load, by batch size: bodies over real test texts of Banking77 and CLINC150 in turn, each a file for wrk.
 * @returns {Record<number, {bodies: string[], bodiesPath: string}>}
 */
export function writeBodies() {
  const { tests } = readRows('intent');
  const [banking, clinc] = [tests.banking77.texts, tests.clinc150.texts];
  const texts = banking.flatMap((text, index) => [text, clinc[index]]);
  mkdirSync(WORK, { recursive: true });
  return Object.fromEntries(
    BATCH_SIZES.map((size) => {
      const bodies = size === 1 ? texts.map(toBody) : chunks(texts, size).map(toBody);
      const bodiesPath = join(WORK, `bodies-${size}.txt`);
      writeFileSync(bodiesPath, `${bodies.join('\n')}\n`);
      return [size, { bodies, bodiesPath }];
    }),
  );
}

function toBody(inputs) {
  return JSON.stringify({ inputs, model: 'intent', topK: 3 });
}

/** Whole chunks only, so that every call of a size has as many rows. */
function chunks(texts, size) {
  return Array.from({ length: Math.floor(texts.length / size) }, (_, i) => texts.slice(i * size, (i + 1) * size));
}
