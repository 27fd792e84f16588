/**
 * Writes `vectors/<pack>.json`: what Python's `tokenizers` makes of lines of our own writing, so that parity is tested where there
 * is no Python. Run after a pack's tokenizer.json has changed: `node test/parity/make-vectors.ts <pack> …`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { sha256Hex } from '../../shared/core/hex.ts';
import { encodeInPython } from '../support/python-tokenizers.ts';
import { STARTERS } from '../support/starter-packs.ts';
import { strangeLines } from '../support/strange-lines.ts';

const LINES = 200;

for (const name of process.argv.slice(2)) {
  const path = `${STARTERS}${name}/tokenizer.json`;
  const lines = strangeLines(LINES);
  const ids = encodeInPython(path, lines);
  const head = {
    provenance:
      "Lines: test/support/strange-lines.ts, our own. Ids: Python's tokenizers, by infra/trainer's encode command.",
    tokenizerSha256: await sha256Hex(new Uint8Array(readFileSync(path))),
  };
  const rows = lines.map((text, index) => `    ${JSON.stringify({ text, ids: ids[index] })}`);
  const json = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "lines": [\n${rows.join(',\n')}\n  ]\n}\n`;
  writeFileSync(new URL(`vectors/${name}.json`, import.meta.url), json);
}
